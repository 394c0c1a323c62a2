using System.Diagnostics;
using System.Text.Json.Nodes;
using Mano.Testing;

namespace Mano.VimAdapters.Tests.Kubernetes.Double;

/// <summary>Checks objects against the published schema of Kubernetes, strictly, in a process that lives as long as the tests.</summary>
internal sealed class SchemaCheck
{
    private static readonly Lazy<SchemaCheck?> Started = new(Start);
    private readonly Process process;
    private readonly Dictionary<string, IReadOnlyList<string>> known = [];
    private readonly Lock gate = new();

    private SchemaCheck(Process process) => this.process = process;

    /// <summary>The check, where the schema is installed (tests/install); else null.</summary>
    public static SchemaCheck? Shared => Started.Value;

    public IReadOnlyList<string> FaultsOf(JsonObject one)
    {
        var bare = (JsonObject)one.DeepClone();
        bare.Remove("status");
        bare.Meta().Remove("managedFields");
        bare.Meta().Remove("resourceVersion");
        var text = bare.ToJsonString();
        lock (gate)
        {
            if (!known.TryGetValue(text, out var faults))
            {
                process.StandardInput.WriteLine(text);
                process.StandardInput.Flush();
                var answer = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the schema check ended");
                known[text] = faults = [.. JsonNode.Parse(answer)!.AsArray().Select(f => (string)f!)];
            }

            return faults;
        }
    }

    private static SchemaCheck? Start()
    {
        if (!Directory.Exists(Path.Combine(Repository.Folder, "tests", "node_modules", "kubernetes-models")))
        {
            return null;
        }

        // It ends by itself when its input does, that is with this process.
        var start = new ProcessStartInfo("node", ["--no-warnings", Path.Combine(Repository.Folder, "tests", "VimAdapters.Tests", "Kubernetes", "Double", "schema-lines.mjs")])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        return new(Process.Start(start)!);
    }
}
