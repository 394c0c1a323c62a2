using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Mano.VimAdapters.OpenStack;

/// <summary>One cloud of a <c>clouds.yaml</c>, flat: what stands under <c>auth</c> and what stands beside it.</summary>
internal static class CloudsYaml
{
    private static readonly Dictionary<string, string> Nothing = [];

    public static IReadOnlyDictionary<string, string> Read(OpenStackOptions options, List<string> faults)
    {
        if (options.CloudsFile is not { Length: > 0 } path)
        {
            if (options.Cloud is { Length: > 0 })
            {
                faults.Add("CloudsFile: it is missing; Cloud names a cloud of that file.");
            }

            return Nothing;
        }

        try
        {
            using var reader = new StreamReader(path);
            var yaml = new YamlStream();
            yaml.Load(reader);
            return yaml.Documents.Count > 0 && Child(yaml.Documents[0].RootNode, "clouds") is YamlMappingNode clouds
                ? Pick(clouds, options.Cloud, path, faults)
                : Fault(faults, $"CloudsFile: {path} has no 'clouds'.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fault(faults, $"CloudsFile: {path} cannot be read: {e.Message}");
        }
        catch (YamlException e)
        {
            // Only where, not what: the line may hold a password.
            return Fault(faults, $"CloudsFile: {path} is no YAML at line {e.Start.Line}.");
        }
    }

    private static Dictionary<string, string> Pick(YamlMappingNode clouds, string? name, string path, List<string> faults)
    {
        var names = clouds.Children.Keys.Select(k => k.ToString()).Order(StringComparer.Ordinal).ToArray();
        var chosen = name is { Length: > 0 } ? name : names.Length == 1 ? names[0] : "";
        if (Child(clouds, chosen) is not YamlMappingNode cloud)
        {
            return Fault(faults, $"Cloud: {path} has {string.Join(", ", names)}; '{name}' is none of them.");
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var node in new[] { cloud, Child(cloud, "auth") as YamlMappingNode })
        {
            foreach (var (key, value) in node?.Children.AsEnumerable() ?? [])
            {
                if (value is YamlScalarNode { Value: { Length: > 0 } text })
                {
                    values[key.ToString()] = text;
                }
            }
        }

        return values;
    }

    private static YamlNode? Child(YamlNode node, string name) =>
        node is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(name), out var child) ? child : null;

    private static Dictionary<string, string> Fault(List<string> faults, string fault)
    {
        faults.Add(fault);
        return Nothing;
    }
}
