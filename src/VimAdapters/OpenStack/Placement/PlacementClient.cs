using System.Text.Json.Serialization;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack.Http;

namespace Mano.VimAdapters.OpenStack.Placement;

// The part of the Placement API that is used, spelled as it is there.

internal sealed record ProviderList([property: JsonPropertyName("resource_providers")] IReadOnlyList<Provider> Providers);

internal sealed record Provider(string Uuid);

internal sealed record InventoryAnswer(IReadOnlyDictionary<string, Inventory> Inventories);

internal sealed record Inventory
{
    public long Total { get; init; }

    public long Reserved { get; init; }

    [JsonPropertyName("allocation_ratio")]
    public double AllocationRatio { get; init; } = 1;

    public long Usable => (long)((Total - Reserved) * AllocationRatio);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ProviderList))]
[JsonSerializable(typeof(InventoryAnswer))]
internal sealed partial class PlacementJson : JsonSerializerContext;

/// <summary>What the hosts have in all, which only administrators may read.</summary>
internal sealed class PlacementClient(CloudLink cloud)
{
    private const int MaxProviders = 200;

    /// <summary>The sum over the hosts; null where we may not read it, or there is no Placement, or it has more hosts than an edge site has.</summary>
    public async Task<VimResources?> TotalIfAllowedAsync(CancellationToken cancellationToken)
    {
        if ((await cloud.WhoAsync(cancellationToken)).Find(CloudService.Placement, cloud.Settings) is null)
        {
            return null;
        }

        try
        {
            var providers = (await cloud.AskAsync(Get("resource_providers"), PlacementJson.Default.ProviderList, cancellationToken)).Providers;
            if (providers.Count > MaxProviders)
            {
                return null;
            }

            var sum = default(VimResources);
            foreach (var provider in providers)
            {
                var has = (await cloud.AskAsync(Get($"resource_providers/{provider.Uuid}/inventories"), PlacementJson.Default.InventoryAnswer, cancellationToken)).Inventories;
                sum += new VimResources(Of(has, "VCPU") * 1000, Of(has, "MEMORY_MB"), Of(has, "DISK_GB"));
            }

            return sum;
        }
        catch (OpenStackRefusedException)
        {
            return null;
        }
    }

    private static long Of(IReadOnlyDictionary<string, Inventory> has, string name) => has.GetValueOrDefault(name)?.Usable ?? 0;

    private static CloudRequest Get(string path) => new(CloudService.Placement, HttpMethod.Get, path);
}
