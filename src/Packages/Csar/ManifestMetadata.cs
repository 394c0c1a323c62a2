using Mano.Packages.AppD;
using Mano.Packages.Documents;
using Mano.Packages.Reading;

namespace Mano.Packages.Csar;

/// <summary>Metadata of the manifest: complete, and equal to the descriptor's (MEC 037 §6).</summary>
internal static class ManifestMetadata
{
    private static readonly string[] Required =
    [
        "vnfd_id", "vnf_provider_id", "vnf_product_name", "vnf_release_date_time", "vnf_software_version", "vnf_package_version",
        "compatible_specification_versions", "mec_versions", "vnfm_info",
    ];

    internal static void Check(Manifest manifest, AppDescriptor app, Place at, ReadingContext context)
    {
        // Packages older than MEC 037 have keys of their own (app_product_name, …), which promise nothing.
        if (!Required.Any(manifest.Metadata.ContainsKey))
        {
            return;
        }

        foreach (var key in Required.Where(k => !manifest.Metadata.ContainsKey(k)))
        {
            context.Demand("manifest-metadata", at with { Path = "metadata" }, $"The manifest's metadata lacks {key}, which MEC 037 §6 requires.");
        }

        foreach (var (key, expected) in Expected(app))
        {
            if (manifest.Metadata.TryGetValue(key, out var found) && found.Value != expected)
            {
                context.Faults.Error("manifest-metadata", at with { Path = $"metadata.{key}", Line = found.Line },
                    $"The manifest says {key} is \"{found.Value}\"; the descriptor says \"{expected}\". Make them the same, and the digests anew.");
            }
        }
    }

    internal static IEnumerable<(string Key, string Value)> Expected(AppDescriptor app) =>
    [
        ("vnfd_id", app.AppDId), ("vnf_provider_id", app.AppProvider), ("vnf_product_name", app.AppName),
        ("vnf_software_version", app.AppSoftVersion), ("vnf_package_version", app.AppDVersion),
        ("mec_versions", string.Join(',', app.MecVersion)),
    ];
}
