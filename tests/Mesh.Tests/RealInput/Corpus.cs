using System.IO.Compression;
using System.Text;
using Mano.Testing;

namespace Mano.Mesh.Tests.RealInput;

/// <summary>Packages that nobody here wrote, and what is known to be right or wrong with each.</summary>
internal static class Corpus
{
    /// <summary>The one with traffic and DNS rules; its manifest's digests are wrong.</summary>
    public const string WithRules = "mecm-appo__22406fba-fd5d-4f55-b3fa-89a45fee913a-apprules.csar";

    /// <summary>An AppD that parses, and digests that are right or absent.</summary>
    public static IReadOnlyList<string> Good { get; } =
        ["appstore-be__test2048_1.0.csar", "appstore-be_hist__AR.csar", "mecm-applcm_hist__22406fba.csar"];

    /// <summary>What is refused, and where its faults are, at least.</summary>
    public static IReadOnlyDictionary<string, string[]> Bad { get; } = new Dictionary<string, string[]>
    {
        ["appstore-be__new_csar.csar"] = ["SHA-256", "SHA-256"],
        ["appstore-be_hist__positioning_eg_1.0.csar"] = ["YAML"],
        ["mecm-applcm_hist__vm_csar.csar"] = ["does not have", "SHA-256"],
        [WithRules] = ["SHA-256", "SHA-256"],
    };

    public static byte[] Read(string file) => File.ReadAllBytes(SharedInput.File("corpus", "edgegallery", file));

    /// <summary>Package, state of its AppD, states of its manifest's digests: rows of VERDICTS.tsv.</summary>
    public static IEnumerable<(string Package, string AppD, string Digests)> Verdicts() =>
        File.ReadLines(SharedInput.File("corpus", "edgegallery", "VERDICTS.tsv")).Skip(1).Select(l => l.Split('\t')).Select(c => (c[0], c[3], c[4]));

    /// <summary>The example of MEC 037 annex A as a CSAR; the standard prints its two files and leaves the packing to the reader.</summary>
    public static byte[] AnnexA()
    {
        using var content = new MemoryStream();
        using (var zip = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "TOSCA-Metadata/TOSCA.meta", Encoding.UTF8.GetBytes(
                "TOSCA-Meta-File-Version: 1.0\nCSAR-Version: 1.1\nCreated-By: annex A\nEntry-Definitions: Definitions/mymecappsimple.yaml\n"));
            Add(zip, "Definitions/mymecappsimple.yaml", OfStandard("annexA-mymecappsimple.appd.tosca.yaml"));
            Add(zip, "Definitions/path/mymecappsimple.appdtype.tosca.yaml", OfStandard("annexA-mymecappsimple.appdtype.tosca.yaml"));
        }

        return content.ToArray();
    }

    /// <summary>An application of ours that produces what the others' descriptors require.</summary>
    public static ReadOnlyMemory<byte> ProviderOfServices { get; } = Encoding.UTF8.GetBytes(
        """
        {
          "appDId": "provider-d", "appName": "provider", "appProvider": "tests", "appSoftVersion": "1.0.0", "appDVersion": "1.0.0",
          "mecVersion": ["2.2.1"], "appDescription": "offers services",
          "virtualComputeDescriptor": { "virtualComputeDescId": "compute", "virtualCpu": { "numVirtualCpu": 1 }, "virtualMemory": { "virtualMemSize": 256 } },
          "swImageDescriptor": [ { "id": "image", "name": "provider", "version": "1.0.0", "containerFormat": "BARE", "diskFormat": "QCOW2", "swImage": "provider:1.0.0" } ],
          "appExtCpd": [ { "cpdId": "front", "layerProtocol": ["IPV4"] } ],
          "appServiceProduced": [ { "serName": "service-discovery", "version": "1.0" }, { "serName": "RNIS", "version": "1.0" } ]
        }
        """);

    private static byte[] OfStandard(string file) => File.ReadAllBytes(SharedInput.File("corpus", "mec037", file));

    private static void Add(ZipArchive zip, string name, byte[] content)
    {
        using var entry = zip.CreateEntry(name).Open();
        entry.Write(content);
    }
}
