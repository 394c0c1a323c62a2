using Mano.Packages;

namespace Mano.Meo.Tests.Onboarding;

/// <summary>Packages made by the builder, told apart by the id of their descriptor.</summary>
internal static class APackage
{
    public const string AppDId = "5f0c1a52-1f6a-4d0e-9a3c-0a9c2b1e7d10";

    /// <summary>A CSAR with one program of the given content.</summary>
    public static byte[] Csar(OnboardingWorld world, string appDId = AppDId, string program = "\u007fELF the program")
    {
        var folder = world.TempFile("folder-" + Path.GetRandomFileName());
        Write(folder, "TOSCA-Metadata/TOSCA.meta", "TOSCA-Meta-File-Version: 1.0\nCSAR-Version: 1.1\nCreated-By: test\nEntry-Definitions: Definitions/app.yaml\nETSI-Entry-Manifest: app.mf\n");
        Write(folder, "app.mf", "metadata:\n  vnf_release_date_time: 2026-01-01T00:00:00Z\n");
        Write(folder, "Definitions/app.yaml", Tosca.Replace(AppDId, appDId, StringComparison.Ordinal));
        Write(folder, "Artifacts/bin/counter", program);
        var output = folder + ".csar";
        var reading = PackageBuilder.Build(folder, output);
        Assert.Empty(reading.Faults);
        return File.ReadAllBytes(output);
    }

    private static void Write(string folder, string path, string text)
    {
        var file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    public const string Json = """
        {
          "appDId": "json-1", "appName": "Counter", "appProvider": "Example", "appSoftVersion": "1.0", "appDVersion": "1.0",
          "mecVersion": "3.2.1", "appDescription": "Counts",
          "virtualComputeDescriptor": { "virtualComputeDescId": "vm", "virtualCpu": { "numVirtualCpu": 2 }, "virtualMemory": { "virtualMemSize": 512 } },
          "swImageDescriptor": [ { "id": "img", "name": "counter", "version": "1.0", "containerFormat": "BARE", "diskFormat": "QCOW2", "swImage": "https://images.example/counter.qcow2" } ],
          "appExtCpd": [ { "cpdId": "cp", "layerProtocol": [ "IPV4" ] } ]
        }
        """;

    public const string Tosca = """
        tosca_definitions_version: tosca_simple_yaml_1_3
        description: Counts
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
          node_templates:
            Counter:
              type: Example.Counter
              properties:
                mec_version: [ '3.2.1' ]
            Vdu:
              type: tosca.nodes.nfv.Vdu.Compute
              capabilities:
                virtual_compute:
                  properties:
                    virtual_memory: { virtual_mem_size: 128 MiB }
                    virtual_cpu: { num_virtual_cpu: 1 }
              artifacts:
                sw_image:
                  type: tosca.artifacts.nfv.SwImage
                  file: Artifacts/bin/counter
                  properties:
                    name: counter
                    version: '1.0'
                    container_format: bare
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
}
