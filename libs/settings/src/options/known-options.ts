const names = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Options of store drivers that are not served yet: in `[glance_store]`, a backend's section, or Folsom's `[DEFAULT]`. */
const storeOptions = names(`
  filesystem_store_metadata_file   cinder_catalog_info cinder_endpoint_template cinder_os_region_name cinder_ca_certificates_file cinder_http_retries
  cinder_state_transition_timeout cinder_api_insecure cinder_store_auth_address cinder_store_user_name
  cinder_store_user_domain_name cinder_store_password cinder_store_project_name cinder_store_project_domain_name
  rootwrap_config cinder_volume_type cinder_enforce_multipath cinder_use_multipath cinder_mount_point_base
  http_proxy_information rbd_store_chunk_size rbd_store_pool rbd_store_user
  rbd_store_ceph_conf rados_connect_timeout rbd_thin_provisioning s3_store_host s3_store_access_key
  s3_store_secret_key s3_store_bucket s3_store_create_bucket_on_put s3_store_bucket_url_format
  s3_store_large_object_size s3_store_large_object_chunk_size s3_store_thread_pools swift_store_auth_insecure
  swift_store_cacert swift_store_region swift_store_endpoint swift_store_endpoint_type swift_store_service_type
  swift_store_container swift_store_large_object_size swift_store_large_object_chunk_size
  swift_store_create_container_on_put swift_store_multi_tenant swift_store_multiple_containers_seed
  swift_store_admin_tenants swift_store_ssl_compression swift_store_retry_get_count swift_store_expire_soon_interval
  swift_store_use_trusts swift_buffer_on_upload default_swift_reference swift_store_auth_version
  swift_store_auth_address swift_store_user swift_store_key swift_store_config_file swift_upload_buffer_dir
  vmware_server_host vmware_server_username vmware_server_password vmware_api_retry_count vmware_task_poll_interval
  vmware_store_image_dir vmware_insecure vmware_ca_file vmware_datastores cinder_store_project_id s3_store_region_name
  s3_store_cacert filesystem_store_timeout thread_pool_size swift_store_project_name swift_store_user_domain_name
  swift_store_user_domain_id swift_store_project_domain_name swift_store_project_domain_id rbd_store_pool_id
  vmware_api_insecure cinder_do_extend_attached
`);

/** Names of Glance (master and Folsom) that do not act yet, so that a warning can tell them from typing errors. */
export const knownOptions: Readonly<Record<string, readonly string[]>> = {
  glance_store: storeOptions,
  DEFAULT: names(`
    default_publisher_id disabled_notifications publish_errors
    transport_url control_exchange
    notifier_strategy rabbit_host rabbit_port rabbit_use_ssl rabbit_userid
    rabbit_password rabbit_virtual_host rabbit_notification_exchange rabbit_notification_topic rabbit_durable_queues
    rabbit_max_retries rabbit_retry_backoff rabbit_retry_max_backoff qpid_notification_exchange
    qpid_notification_topic qpid_host qpid_hostname qpid_port qpid_username qpid_password qpid_sasl_mechanisms
    qpid_reconnect qpid_reconnect_timeout qpid_reconnect_limit qpid_reconnect_interval_min qpid_reconnect_interval_max
    qpid_reconnect_interval qpid_heartbeat qpid_protocol qpid_tcp_nodelay
    swift_store_object_buffer_dir s3_store_object_buffer_dir
    notification_driver notification_topics notification_transport_url
  `),
  barbican: names(`
    auth_endpoint retry_delay number_of_retries send_service_user_token
  `),
  barbican_service_user: names(`
    cafile certfile keyfile insecure timeout collect_timing split_loggers auth_type auth_section
  `),
  cinder: names(`
    cinder_catalog_info cinder_endpoint_template cinder_os_region_name cinder_ca_certificates_file cinder_http_retries
    cinder_state_transition_timeout cinder_api_insecure cinder_store_auth_address cinder_store_user_name
    cinder_store_user_domain_name cinder_store_password cinder_store_project_name cinder_store_project_domain_name
    rootwrap_config cinder_volume_type cinder_enforce_multipath cinder_use_multipath cinder_mount_point_base
  `),
  key_manager: names(`
    auth_type token username password auth_url user_id user_domain_id user_domain_name trust_id domain_id
    domain_name project_id project_name project_domain_id project_domain_name reauthenticate
  `),
  oslo_limit: names(`
    collect_timing split_loggers trust_id tenant_id tenant_name service_type service_name valid_interfaces
    endpoint_override version min_version max_version connect_retries connect_retry_delay status_code_retries
    status_code_retry_delay
  `),
  oslo_middleware: names(`
    max_request_body_size secure_proxy_ssl_header http_basic_auth_user_file
  `),
  oslo_policy: names(`
    remote_content_type remote_ssl_verify_server_crt remote_ssl_ca_crt_file remote_ssl_client_crt_file remote_ssl_client_key_file
  `),
  vault: names(`
    root_token_id approle_role_id approle_secret_id kv_mountpoint kv_version vault_url ssl_ca_crt_file use_ssl namespace
  `),
};

/** Groups that belong to libraries of Glance which have no counterpart here: every option in them is known. */
const foreignGroups = /^(oslo_messaging_\w+|oslo_reports|profiler|os_brick|glance\.store\.[\w.]+)$/;

export function isKnownOption(group: string, option: string): boolean {
  if (foreignGroups.test(group)) return true;
  return knownOptions[group]?.includes(option) === true || (group === 'DEFAULT' && storeOptions.includes(option));
}

export const isKnownStoreOption = (option: string): boolean => storeOptions.includes(option);
