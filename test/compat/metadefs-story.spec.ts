import { EMBEDDED, FAKEAUTH, glance, tell, type Step } from '../support/story.js';

const NS = 'Example::Printer';
const IMPORTED = JSON.stringify({
  namespace: 'Example::Imported', display_name: 'Imported', visibility: 'private', protected: false,
  resource_type_associations: [{ name: 'OS::Glance::Image', prefix: 'p_' }],
  properties: { speed: { title: 'Speed', type: 'integer', minimum: 1 } },
  objects: [{ name: 'Tray', description: 'A tray', required: [], properties: { size: { title: 'Size', type: 'string', enum: ['A4', 'A5'] } } }],
  tags: [{ name: 'inkjet' }],
});

/** Definitions that every cloud has. */
const DEFAULTS: readonly Step[] = [
  { title: 'resource types are there', run: 'md-resource-type-list', says: ['OS::Glance::Image'] },
  { title: 'namespaces are there', run: 'md-namespace-list', says: ['OS::Compute::Libvirt'] },
  { title: 'namespaces are read in pages', run: 'md-namespace-list --page-size 5', says: ['OS::Compute::Libvirt'] },
  { title: 'namespaces are found by resource type', run: 'md-namespace-list --resource-types OS::Trove::Instance', says: ['OS::Software::DBMS'], hides: ['OS::Compute::Libvirt'] },
  { title: 'namespaces are found by visibility', run: 'md-namespace-list --visibility private', hides: ['OS::Compute::Libvirt'] },
  { title: 'a namespace is shown', run: 'md-namespace-show OS::Compute::CPUPinning', fields: { namespace: 'OS::Compute::CPUPinning', visibility: 'public' }, says: ['cpu_policy'] },
  { title: 'a namespace is shown as a resource type has it', run: 'md-namespace-show OS::Compute::CPUPinning --resource-type OS::Nova::Flavor', says: ['hw:cpu_policy'] },
  { title: 'resource types of a namespace are listed', run: 'md-namespace-resource-type-list OS::Compute::CPUPinning', says: ['OS::Cinder::Volume', 'hw_', 'image'] },
  { title: 'properties of a namespace are listed', run: 'md-property-list OS::Compute::VirtCPUTopology', says: ['cpu_cores'] },
  { title: 'a property is shown', run: 'md-property-show OS::Compute::CPUPinning cpu_policy', fields: { type: 'string', enum: '["shared", "dedicated"]' } },
  { title: 'objects of a namespace are listed', run: 'md-object-list OS::Software::Runtimes', says: ['Python'] },
  { title: 'a property of an object is shown', run: 'md-object-property-show OS::Software::Runtimes Python sw_runtime_python_version', fields: { type: 'string' } },
  { title: 'nothing is shown that is not there', run: 'md-namespace-show Example::None', code: 1, says: ['404'] },
];

/** What an admin does with a namespace, from its first day to its last. */
const OWN: readonly Step[] = [
  { title: 'a namespace is created', run: `md-namespace-create ${NS} --display-name Printer --description 'What prints' --visibility private`, fields: { namespace: NS, visibility: 'private', protected: 'False' } },
  { title: 'a namespace is created once', run: `md-namespace-create ${NS}`, code: 1, says: ['409'] },
  { title: 'a namespace changes', run: `md-namespace-update ${NS} --namespace ${NS} --visibility public --display-name Printers`, fields: { display_name: 'Printers', visibility: 'public' } },
  { title: 'a resource type is associated', run: `md-resource-type-associate ${NS} --name OS::Glance::Image --prefix print_`, fields: { name: 'OS::Glance::Image', prefix: 'print_' } },
  { title: 'a new resource type is associated', run: `md-resource-type-associate ${NS} --name Example::Desk`, fields: { name: 'Example::Desk' } },
  { title: 'associations are listed', run: `md-namespace-resource-type-list ${NS}`, says: ['OS::Glance::Image', 'print_'] },
  { title: 'a new resource type is known from then on', run: 'md-resource-type-list', says: ['Example::Desk'] },
  { title: 'an association goes', run: `md-resource-type-deassociate ${NS} Example::Desk` },
  { title: 'an association that is not there cannot go', run: `md-resource-type-deassociate ${NS} Example::Desk`, code: 1, says: ['404'] },
  { title: 'a property is created', run: `md-property-create ${NS} --name colour --title Colour --schema '{"type":"string","enum":["red","blue"],"operators":["<or>"],"default":"red"}'`, fields: { name: 'colour', type: 'string', default: 'red', enum: '["red", "blue"]' } },
  { title: 'a property is created once', run: `md-property-create ${NS} --name colour --title Colour --schema '{"type":"string"}'`, code: 1, says: ['409'] },
  { title: 'a property has a known type', run: `md-property-create ${NS} --name odd --title Odd --schema '{"type":"colour"}'`, code: 1, says: ['colour'] },
  { title: 'a property changes and gets another name', run: `md-property-update ${NS} colour --name ink --title Ink`, fields: { name: 'ink', title: 'Ink', default: 'red' } },
  { title: 'a property is not there under its old name', run: `md-property-show ${NS} colour`, code: 1, says: ['404'] },
  { title: 'a second property is created', run: `md-property-create ${NS} --name dpi --title Resolution --schema '{"type":"integer","minimum":72,"maximum":2400}'`, fields: { minimum: '72', maximum: '2400' } },
  { title: 'properties are listed', run: `md-property-list ${NS}`, says: ['integer'] },
  { title: 'a property is deleted', run: `md-property-delete ${NS} dpi` },
  { title: 'a property is deleted once', run: `md-property-delete ${NS} dpi`, code: 1, says: ['404'] },
  { title: 'an object is created', run: `md-object-create ${NS} --name Tray --schema '{"description":"A tray","properties":{"size":{"title":"Size","type":"string"}},"required":["size"]}'`, fields: { name: 'Tray', description: 'A tray' } },
  { title: 'an object is created once', run: `md-object-create ${NS} --name Tray --schema '{}'`, code: 1, says: ['409'] },
  { title: 'an object changes and gets another name', run: `md-object-update ${NS} Tray --name Drawer --schema '{"description":"A drawer","properties":{"size":{"title":"Size","type":"string"}}}'`, fields: { name: 'Drawer', description: 'A drawer' } },
  { title: 'an object is shown', run: `md-object-show ${NS} Drawer`, fields: { name: 'Drawer' }, says: ['size'] },
  { title: 'an object’s property is shown', run: `md-object-property-show ${NS} Drawer size`, fields: { title: 'Size', type: 'string' } },
  { title: 'an object is not there under its old name', run: `md-object-show ${NS} Tray`, code: 1, says: ['404'] },
  { title: 'objects are listed', run: `md-object-list ${NS}`, says: ['Drawer', 'A drawer'] },
  { title: 'an object is deleted', run: `md-object-delete ${NS} Drawer` },
  { title: 'an object is deleted once', run: `md-object-delete ${NS} Drawer`, code: 1, says: ['404'] },
  { title: 'a tag is created', run: `md-tag-create ${NS} --name laser`, fields: { name: 'laser' } },
  { title: 'a tag is created once', run: `md-tag-create ${NS} --name laser`, code: 1, says: ['409'] },
  { title: 'tags are listed', run: `md-tag-list ${NS}`, says: ['laser'] },
  { title: 'tags take the place of others', run: `md-tag-create-multiple ${NS} --names 'wax;ribbon' --delim ;`, says: ['ribbon'] },
  { title: 'a tag that was replaced is gone', run: `md-tag-show ${NS} laser`, code: 1, says: ['404'] },
  { title: 'a tag gets another name', run: `md-tag-update ${NS} wax --name plotter`, fields: { name: 'plotter' } },
  { title: 'a tag is shown', run: `md-tag-show ${NS} plotter`, fields: { name: 'plotter' } },
  { title: 'a tag is deleted', run: `md-tag-delete ${NS} plotter` },
  { title: 'a tag is deleted once', run: `md-tag-delete ${NS} plotter`, code: 1, says: ['404'] },
  { title: 'a namespace is protected', run: `md-namespace-update ${NS} --namespace ${NS} --visibility public --protected True`, fields: { protected: 'True' } },
  { title: 'a protected namespace stays', run: `md-namespace-delete ${NS}`, code: 1, says: ['403'] },
  { title: 'what is in a protected namespace stays', run: `md-property-delete ${NS} ink`, code: 1, says: ['403'] },
  { title: 'a namespace is no longer protected', run: `md-namespace-update ${NS} --namespace ${NS} --visibility public --protected False`, fields: { protected: 'False' } },
  { title: 'all properties are deleted', run: `md-namespace-properties-delete ${NS}` },
  { title: 'all objects are deleted', run: `md-namespace-objects-delete ${NS}` },
  { title: 'all tags are deleted', run: `md-namespace-tags-delete ${NS}` },
  { title: 'an emptied namespace is empty', run: `md-namespace-show ${NS}`, fields: { namespace: NS }, hides: ['ink', 'ribbon'] },
  { title: 'a namespace is imported with all that is in it', run: 'md-namespace-import', input: IMPORTED, fields: { namespace: 'Example::Imported', properties: '["speed"]', objects: '["Tray"]', tags: '["inkjet"]' } },
  { title: 'an imported property is prefixed for the resource type', run: 'md-namespace-show Example::Imported --resource-type OS::Glance::Image', fields: { properties: '["p_speed"]' } },
  { title: 'an imported namespace is deleted', run: 'md-namespace-delete Example::Imported' },
  { title: 'a namespace is deleted', run: `md-namespace-delete ${NS}` },
  { title: 'a namespace is deleted once', run: `md-namespace-delete ${NS}`, code: 1, says: ['404'] },
];

/** Who may do what with them. */
const PROJECTS: readonly Step[] = [
  { title: 'only an admin creates namespaces', run: `md-namespace-create ${NS}`, code: 1, says: ['403'] },
  { title: 'an admin keeps a namespace to the project', as: 'root', run: `md-namespace-create ${NS} --visibility private`, fields: { owner: 'operators' } },
  { title: 'a private namespace is not found by others', run: `md-namespace-show ${NS}`, code: 1, says: ['404'] },
  { title: 'a private namespace is not listed to others', run: 'md-namespace-list', hides: [NS] },
  { title: 'a namespace is opened to all', as: 'root', run: `md-namespace-update ${NS} --namespace ${NS} --visibility public`, fields: { visibility: 'public' } },
  { title: 'a public namespace is found by a reader', as: 'rita', run: `md-namespace-show ${NS}`, fields: { namespace: NS } },
  { title: 'others define no properties', run: `md-property-create ${NS} --name a --title A --schema '{"type":"string"}'`, code: 1, says: ['403'] },
  { title: 'others create no tags', run: `md-tag-create ${NS} --name a`, code: 1, says: ['403'] },
  { title: 'others delete nothing', run: `md-namespace-delete ${NS}`, code: 1, says: ['403'] },
  { title: 'an admin deletes the namespace', as: 'root', run: `md-namespace-delete ${NS}` },
];

const asRoot = (steps: readonly Step[]): Step[] => steps.map((step) => ({ as: 'root', ...step }));

describe('metadata definitions with python-glanceclient, where nobody authenticates', () => tell(EMBEDDED, [...DEFAULTS, ...OWN], glance));

describe('metadata definitions with python-glanceclient, three projects', () => tell(FAKEAUTH, [...DEFAULTS, ...asRoot(OWN), ...PROJECTS], glance));
