using Mano.Packages.Documents;

namespace Mano.Packages.Csar;

/// <summary>A manifest (SOL004 §4.3.2): metadata, one source per file with its digest, maybe a CMS signature.</summary>
internal sealed record Manifest(
    IReadOnlyDictionary<string, (string Value, int Line)> Metadata, IReadOnlyList<ManifestSource> Sources, bool IsSigned)
{
    internal static Manifest Read(string text, Place at, FaultList faults)
    {
        var metadata = new Dictionary<string, (string, int)>(StringComparer.OrdinalIgnoreCase);
        var sources = new List<ManifestSource>();
        var inMetadata = false;
        var inSignature = false;
        var isSigned = false;
        var line = 0;
        foreach (var raw in text.Split('\n'))
        {
            line++;
            var content = raw.Trim();
            isSigned |= content.StartsWith("-----BEGIN CMS", StringComparison.Ordinal);
            inSignature = (inSignature || content.StartsWith("-----BEGIN", StringComparison.Ordinal)) && !content.StartsWith("-----END", StringComparison.Ordinal);
            var colon = content.IndexOf(':', StringComparison.Ordinal);
            if (inSignature || colon <= 0 || content[0] is '#' or '-')
            {
                continue;
            }

            var (key, value) = (content[..colon].Trim(), content[(colon + 1)..].Trim());
            var place = at with { Line = line };
            switch (key.ToUpperInvariant())
            {
                case "METADATA":
                    inMetadata = true;
                    break;
                case "SOURCE":
                    inMetadata = false;
                    sources.Add(new(value, null, null, place with { Path = $"Source: {value}" }));
                    break;
                case "ALGORITHM" when sources.Count > 0 && !inMetadata:
                    sources[^1] = sources[^1] with { Algorithm = value };
                    break;
                case "HASH" when sources.Count > 0 && !inMetadata:
                    sources[^1] = sources[^1] with { Hash = value };
                    break;
                case "NON_MANO_ARTIFACT_SETS":
                    inMetadata = false;
                    break;
                default:
                    if (inMetadata && !metadata.TryAdd(key, (value, line)))
                    {
                        faults.Error("duplicate-key", place with { Path = $"metadata.{key}" }, $"The key {key} stands here twice; keep one of them.");
                    }

                    break;
            }
        }

        return new(metadata, sources, isSigned);
    }
}

/// <summary>One file a manifest vouches for.</summary>
internal sealed record ManifestSource(string Path, string? Algorithm, string? Hash, Place At);
