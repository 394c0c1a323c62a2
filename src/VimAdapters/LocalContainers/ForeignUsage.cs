using System.Collections.Concurrent;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalContainers.Engine;

namespace Mano.VimAdapters.LocalContainers;

/// <summary>What running containers of others take of the engine, as far as they are limited. Limits are read once a container.</summary>
internal sealed class ForeignUsage(EngineLink link)
{
    private readonly ConcurrentDictionary<string, VimResources> known = new(StringComparer.Ordinal);

    public async Task<VimResources> AskAsync(CancellationToken cancellationToken)
    {
        var sum = default(VimResources);
        var foreign = (await link.Engine.ListRunningAsync(cancellationToken)).Where(c => c.Labels?.GetValueOrDefault(Mark.Vim) != link.Mark.Owner).ToArray();
        foreach (var container in foreign)
        {
            if (!known.TryGetValue(container.Id, out var takes))
            {
                takes = TakenBy((await link.Engine.InspectIfAnyAsync(container.Id, cancellationToken))?.HostConfig);
                known[container.Id] = takes;
            }

            sum += takes;
        }

        foreach (var gone in known.Keys.Except(foreign.Select(c => c.Id)))
        {
            known.TryRemove(gone, out _);
        }

        return sum;
    }

    private static VimResources TakenBy(ContainerLimits? limits) => limits is null ? default : new(
        limits.NanoCpus > 0 ? limits.NanoCpus / 1_000_000 : limits is { CpuQuota: > 0, CpuPeriod: > 0 } ? limits.CpuQuota * 1000 / limits.CpuPeriod : 0,
        Math.Max(0, limits.Memory) >> 20,
        0);
}
