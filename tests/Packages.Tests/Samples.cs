namespace Mano.Packages.Tests;

/// <summary>Small descriptors that are right, to be broken one way at a time.</summary>
internal static class Samples
{
    internal const string ManifestMetadata = """
          vnfd_id: 5f0c1a52-1f6a-4d0e-9a3c-0a9c2b1e7d10
          vnf_provider_id: Example
          vnf_product_name: Counter
          vnf_release_date_time: 2026-01-01T00:00:00Z
          vnf_software_version: 1.0
          vnf_package_version: 1.0
          compatible_specification_versions: 3.2.1
          mec_versions: 3.2.1
          vnfm_info: etsivnfm:v2.3.1

        """;

    /// <summary>MEC 037, with the type in the same file.</summary>
    internal const string Tosca = """
        tosca_definitions_version: tosca_simple_yaml_1_3
        description: Counts
        imports:
          - etsi_nfv_sol001_vnfd_types.yaml
        node_types:
          Example.Counter:
            derived_from: tosca.nodes.mec.MecApp
            properties:
              descriptor_id: { type: string, default: 5f0c1a52-1f6a-4d0e-9a3c-0a9c2b1e7d10 }
              provider: { type: string, default: Example }
              product_name: { type: string, default: Counter }
              software_version: { type: string, default: '1.0' }
              descriptor_version: { type: string, default: '1.0' }
        topology_template:
          inputs:
            memory: { type: string, default: 128 MiB }
          node_templates:
            Counter:
              type: Example.Counter
              properties:
                mec_version: [ '3.2.1' ]
                app_traffic_rule:
                  - traffic_rule_id: web
                    filter_type: FLOW
                    priority: 1
                    traffic_filter:
                      - dst_address: [ 203.0.113.10/32 ]
                        dst_port: [ 80 ]
                        protocol: [ TCP ]
                    action: FORWARD_DECAPSULATED
                    dst_interface:
                      - interface_type: IP
                        dst_ip_address: 0.0.0.0
                app_dns_rule:
                  - dns_rule_id: name
                    domain_name: counter.example
                    ip_address_type: IP_V4
                    ip_address: 203.0.113.10
                    ttl: 30
            Vdu:
              type: tosca.nodes.nfv.Vdu.Compute
              properties:
                name: Vdu
                description: runs it
                vdu_profile: { min_number_of_instances: 1, max_number_of_instances: 1 }
              capabilities:
                virtual_compute:
                  properties:
                    virtual_memory: { virtual_mem_size: { get_input: memory } }
                    virtual_cpu: { num_virtual_cpu: 1 }
              artifacts:
                sw_image:
                  type: tosca.artifacts.nfv.SwImage
                  file: Artifacts/bin/counter
                  properties:
                    name: counter
                    version: '1.0'
                    container_format: bare
                    disk_format: raw
                    supported_virtualisation_environments: [ mano-process ]
            Cp:
              type: tosca.nodes.nfv.VduCp
              properties:
                layer_protocols: [ ipv4 ]
                additional_service_data:
                  - port_data:
                      - { name: http, protocol: TCP, port: 8080, port_configurable: false }
              requirements:
                - virtual_binding: Vdu

        """;

    /// <summary>MEC 010-2.</summary>
    internal const string Json = """
        {
          "appDId": "5f0c1a52-1f6a-4d0e-9a3c-0a9c2b1e7d10",
          "appName": "Counter", "appProvider": "Example", "appSoftVersion": "1.0", "appDVersion": "1.0",
          "mecVersion": "2.2.1, 3.2.1",
          "appDescription": "Counts",
          "virtualComputeDescriptor": {
            "virtualComputeDescId": "vm",
            "virtualCpu": { "numVirtualCpu": 2, "virtualCpuClock": 1800 },
            "virtualMemory": { "virtualMemSize": 512 }
          },
          "swImageDescriptor": [ { "id": "img", "name": "counter", "version": "1.0", "containerFormat": "BARE", "diskFormat": "QCOW2", "swImage": "https://images.example/counter.qcow2" } ],
          "appExtCpd": [ { "inherited_attributes": { "cpdId": "cp", "layerProtocol": [ "IPV4" ] },
            "additionalServiceData": [ { "portData": [ { "name": "http", "protocol": "TCP", "port": 80, "portConfigurable": true } ] } ] } ],
          "appTrafficRule": [ {
            "trafficRuleId": "r1", "filterType": "FLOW", "priority": 1, "action": "FORWARD_AS_IS",
            "trafficFilter": [ { "srcAddress": [ "10.0.0.1-10.0.0.9" ], "dstPort": [ "8080-8090" ], "protocol": [ "tcp" ], "token": [ "t" ], "qCI": 5, "dSCP": 0, "tC": 1 } ],
            "dstInterface": { "interfaceType": "TUNNEL", "tunnelInfo": { "tunnelType": "GTP_U", "tunnelDstAddress": "10.0.0.1", "tunnelSrcAddress": "10.0.0.2" } }
          } ],
          "appNetworkPolicy": { "steeredNetwork": { "cellularNetwork": true, "wi-fiNetwork": true } },
          "appLatency": { "maxLatency": 20000000 }
        }
        """;
}
