import { ImportService } from '../import.service.js';
import { ImageImporter } from './image-importer.js';
import { LostImports } from './lost-imports.js';
import { ImportCredentials } from './import-credentials.js';

/** What imports images; for the module. */
export const IMPORT_PROVIDERS = [ImportService, ImageImporter, ImportCredentials, LostImports];
