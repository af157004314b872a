const names = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Names of Glance (master and Folsom) for what has no counterpart here: a file may have them, and nothing is missing without their effect. */
export const needlessOptions: Readonly<Record<string, readonly string[]>> = {
  DEFAULT: names(`
    conversion_format
    pydev_worker_debug_host pydev_worker_debug_port image_cache_sqlite_db digest_algorithm location_strategy pipe_handle log_config_append
    log_config log_format log_date_format watch_log_file use_eventlog log_rotate_interval log_rotate_interval_type
    logging_context_format_string logging_default_format_string logging_debug_format_suffix logging_exception_prefix
    logging_user_identity_format default_log_levels instance_format instance_uuid_format rate_limit_interval
    rate_limit_burst rate_limit_except_level fatal_deprecations rpc_conn_pool_size conn_pool_min_size conn_pool_ttl
    executor_thread_pool_size rpc_response_timeout rpc_ping_enabled lock_path python_interpreter sql_idle_timeout
    sql_max_retries sql_retry_interval registry_host registry_port registry_client_protocol registry_client_key_file
    registry_client_cert_file registry_client_ca_file registry_client_insecure registry_client_timeout
    scrubber_datadir cleanup_scrubber cleanup_scrubber_time cinder_encryption_key_deletion_policy auth_url admin_user
    admin_password admin_tenant_name auth_strategy auth_region verbose eventlet_hub backdoor_port use_user_token send_identity_headers
  `),
  database: names(`
    sqlite_synchronous backend slave_connection mysql_sql_mode mysql_enable_ndb connection_recycle_time max_pool_size
    max_retries retry_interval max_overflow connection_debug connection_trace pool_timeout use_db_reconnect
    db_retry_interval db_inc_retry_interval db_max_retry_interval db_max_retries connection_parameters min_pool_size
    idle_timeout
  `),
  keystone_authtoken: names(`
    auth_version interface cache memcached_servers memcache_security_strategy memcache_secret_key
    memcache_pool_dead_retry memcache_pool_maxsize memcache_pool_socket_timeout memcache_pool_unused_timeout
    memcache_pool_conn_get_timeout memcache_use_advanced_pool include_service_catalog enforce_token_bind
    admin_token signing_dir tenant_name
  `),
  oslo_concurrency: names(`
    disable_process_locking lock_path
  `),
  store_type_location_strategy: names(`
    store_type_preference
  `),
  task: names(`
    task_executor work_dir
  `),
  taskflow_executor: names(`
    conversion_format
  `),
  wsgi: names(`
    task_pool_threads python_interpreter
  `),
};

export const isNeedlessOption = (group: string, option: string): boolean => needlessOptions[group]?.includes(option) === true;
