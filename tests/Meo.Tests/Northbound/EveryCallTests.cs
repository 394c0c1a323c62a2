using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using Mano.Granting.V1;
using Mano.Inventory.V1;
using Mano.Lifecycle.V1;
using Mano.Onboarding.V1;
using Mano.Testing;

namespace Mano.Meo.Tests.Northbound;

/// <summary>No call of the MEO is forgotten: each one is in the table of docs/theory/idempotency.md, and each that has a key is tried with it.</summary>
public sealed partial class EveryCallTests
{
    private static readonly FileDescriptor[] Protos =
    [
        OnboardingReflection.Descriptor, InventoryReflection.Descriptor, ReplicaReflection.Descriptor, LifecycleReflection.Descriptor,
        OperationReflection.Descriptor, PlacementReflection.Descriptor, GrantingReflection.Descriptor,
    ];

    [Fact]
    public void Every_call_says_in_the_table_how_it_repeats() =>
        Assert.Equal(Methods().Select(Name).Order(StringComparer.Ordinal), Table().Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_service_that_the_MEO_maps_is_looked_at()
    {
        var mapped = Mapped().Matches(File.ReadAllText(Path.Combine(Repository.Folder, "src", "Meo", "MeoHost.cs"))).Select(m => m.Groups[1].Value);
        Assert.Equal(mapped.Order(StringComparer.Ordinal), Protos.SelectMany(p => p.Services).Select(s => s.Name.Replace("Service", "GrpcService", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_call_that_has_a_key_is_made_twice_with_it() => Assert.Equal(
        Table().Where(line => line.Value.StartsWith("key", StringComparison.Ordinal)).Select(line => line.Key).Order(StringComparer.Ordinal),
        IdempotencyOverGrpcTests.Tried.Values.Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void What_reads_is_named_so_and_nothing_else_is() => Assert.All(
        Table(),
        line => Assert.Equal(
            ReadingName().IsMatch(line.Key), line.Value == "reads"));

    private static IEnumerable<MethodDescriptor> Methods() => Protos.SelectMany(p => p.Services).SelectMany(s => s.Methods);

    private static string Name(MethodDescriptor method) => $"{method.Service.Name}/{method.Name}";

    private static Dictionary<string, string> Table() => Line()
        .Matches(File.ReadAllText(Path.Combine(Repository.Folder, "docs", "theory", "idempotency.md")))
        .Where(m => !m.Groups[1].Value.StartsWith("VimAdapterService/", StringComparison.Ordinal)) // held by VimAdapters.Tests
        .Where(m => !m.Groups[1].Value.StartsWith("SiteVimService/", StringComparison.Ordinal)) // held by Mepm.Tests
        .ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);

    [GeneratedRegex(@"^\| `(\w+/\w+)` \| (.+?) \|$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"MapGrpcService<(\w+)>")]
    private static partial Regex Mapped();

    [GeneratedRegex("/(Get|List|Watch|Download|Explain|CheckInstances)")]
    private static partial Regex ReadingName();
}
