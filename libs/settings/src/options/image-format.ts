import { formerly, option } from '../option.js';
import { bool, list } from '../oslo-types.js';

export const imageFormatOptions = {
  container_formats: option(list(), 'ami,ari,aki,bare,ovf,ova,docker,compressed', formerly('DEFAULT.container_formats')),
  disk_formats: option(list(), 'ami,ari,aki,vhd,vhdx,vmdk,raw,qcow2,vdi,iso,ploop', formerly('DEFAULT.disk_formats')),
  vmdk_allowed_types: option(list(), 'streamOptimized,monolithicSparse'),
  require_image_format_match: option(bool(), 'True'),
  gpt_safety_checks_nonfatal: option(list(), ''),
} as const;
