/** What the caller may do with the properties of images; what cannot be read does not exist for it. */
export type PropertyRights = (operation: 'create' | 'read' | 'update' | 'delete', property: string) => boolean;

export const ALL_PROPERTY_RIGHTS: PropertyRights = () => true;
