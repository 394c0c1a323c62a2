using System.Text.RegularExpressions;
using Mano.Testing;

namespace Mano.Meo.Tests;

/// <summary>Placement and the state machines think; they do not act. No gRPC, no storage, no clock, no logger.</summary>
public sealed partial class PurityTests
{
    public static TheoryData<string> PureFiles()
    {
        var meo = Path.Combine(Repository.Folder, "src", "Meo");
        var files = Directory.EnumerateFiles(Path.Combine(meo, "Placement"), "*.cs", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(meo, "Lifecycle"), "*States.cs"));
        return [.. files.Select(f => Path.GetRelativePath(meo, f)).Order(StringComparer.Ordinal)];
    }

    [Theory]
    [MemberData(nameof(PureFiles))]
    public void Touches_no_grpc_storage_clock_or_logger(string file) =>
        Assert.Empty(Impure().Matches(File.ReadAllText(Path.Combine(Repository.Folder, "src", "Meo", file))).Select(m => m.Value));

    [Fact]
    public void The_rule_is_not_empty() => Assert.True(PureFiles().AsEnumerable<object>().Count() > 20);

    [GeneratedRegex(@"Grpc\.|Mano\.\w+\.V1|Mano\.Mesh\.(State|Hosting|Resilience)|Microsoft\.Extensions\.Logging|TimeProvider|DateTime|Stopwatch|\bTask\b|System\.IO|System\.Net")]
    private static partial Regex Impure();
}
