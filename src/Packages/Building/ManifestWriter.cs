using System.Globalization;
using System.Text;
using Mano.Packages.AppD;
using Mano.Packages.Csar;
using Mano.Packages.Documents;

namespace Mano.Packages.Building;

/// <summary>
/// The manifest (MEC 037 §6): metadata of the folder's own manifest where it has one, completed from the descriptor,
/// and a SHA-256 of every file.
/// </summary>
internal static class ManifestWriter
{
    internal static void Write(FolderFiles files, string path, AppDescriptor app, DateTimeOffset? release, FaultList faults)
    {
        var at = new Place(path, "metadata", 0);
        var given = files.Has(path)
            ? Manifest.Read(Encoding.UTF8.GetString(files.Content(path)), at with { Path = "" }, faults).Metadata
            : new Dictionary<string, (string Value, int Line)>();
        var time = given.TryGetValue("vnf_release_date_time", out var said) ? said.Value
            : release?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        if (time is null || !DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            faults.Error("manifest-metadata", at with { Path = "metadata.vnf_release_date_time" },
                $"The release time is {(time is null ? "not said" : $"\"{time}\"")}; write vnf_release_date_time (RFC 3339, 2026-01-31T00:00:00Z) into {path}.");
            return;
        }

        var metadata = Metadata(app, time);
        var text = new StringBuilder("metadata:\n");
        foreach (var (key, value) in metadata.Select(m => (m.Key, given.TryGetValue(m.Key, out var own) ? own.Value : m.Value))
            .Concat(given.Where(g => metadata.All(m => m.Key != g.Key)).Select(g => (g.Key, g.Value.Value))))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {key}: {value}\n");
        }

        foreach (var file in files.Paths.Where(p => p != path))
        {
            text.Append(CultureInfo.InvariantCulture, $"\nSource: {file}\nAlgorithm: {Digest.Sha256}\nHash: {files.Sha256(file)}\n");
        }

        files.Replace(path, Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static List<(string Key, string Value)> Metadata(AppDescriptor app, string releaseTime)
    {
        var expected = ManifestMetadata.Expected(app).ToDictionary(e => e.Key, e => e.Value);
        return
        [
            ("vnfd_id", expected["vnfd_id"]),
            ("vnf_provider_id", expected["vnf_provider_id"]),
            ("vnf_product_name", expected["vnf_product_name"]),
            ("vnf_release_date_time", releaseTime),
            ("vnf_software_version", expected["vnf_software_version"]),
            ("vnf_package_version", expected["vnf_package_version"]),
            ("compatible_specification_versions", "3.2.1"),
            ("mec_versions", expected["mec_versions"]),
            ("vnfm_info", "etsivnfm:v2.3.1"),
            ("app_description", app.AppDescription.ReplaceLineEndings(" ")),
        ];
    }
}
