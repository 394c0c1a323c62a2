using Mano.Mesh.Failures;
using Mano.Mesh.State;

namespace Mano.Meo.Onboarding;

/// <summary>
/// How many packages a tenant may have, and how many bytes of them. Exact within one process; replicas that accept at the same
/// moment may together go over by what they accept then.
/// </summary>
internal sealed class PackageQuota(IStateStore store, PackageContents contents, OnboardingOptions options) : IDisposable
{
    private const int Page = 1000;
    private readonly SemaphoreSlim _counting = new(1, 1);

    /// <summary>One at a time counts and then creates.</summary>
    internal async Task<IDisposable> Counting(CancellationToken cancel)
    {
        await _counting.WaitAsync(cancel);
        return new Release(_counting);
    }

    /// <summary>Why the tenant may not have one package more; null if it may.</summary>
    internal async Task<Failure?> RefuseAnother(string tenant, CancellationToken cancel)
    {
        var (count, after) = (0, (string?)null);
        do
        {
            var page = await store.Scan(PackageKeys.RecordsOf(tenant), after, Page, cancel);
            count += page.Entries.Count;
            after = page.HasMore ? page.Entries[^1].Key : null;
        }
        while (after is not null && count < options.Quotas.Packages);
        return count < options.Quotas.Packages ? null : Failure.NoCapacity("QUOTA_PACKAGES",
            $"Tenant {tenant} has {count} packages, and may have {options.Quotas.Packages}. Delete packages that are not needed (mano package list), or ask the operator for more (--max-packages).", $"tenant/{tenant}");
    }

    /// <summary>How many bytes more the tenant's packages may keep; a refusal if none.</summary>
    internal async Task<Outcome<long>> Left(string tenant, CancellationToken cancel)
    {
        var left = options.Quotas.Bytes - (await contents.KeptBy(tenant, cancel)).Values.Sum();
        return left > 0 ? left : Full(tenant, left == 0 ? "all of" : $"{-left} bytes more than", options.Quotas.Bytes);
    }

    /// <summary>Why these files may not be added to what the tenant has; null if they may. Those it has already cost nothing.</summary>
    internal async Task<Failure?> RefuseStoring(string tenant, PackageContentRecord content)
    {
        var kept = await contents.KeptBy(tenant, CancellationToken.None);
        var more = content.Sizes.DistinctBy(s => s.Sha256).Where(s => !kept.ContainsKey(s.Sha256)).Sum(s => s.Bytes);
        var left = options.Quotas.Bytes - kept.Values.Sum();
        return more <= left ? null : Full(tenant, $"with the {more} bytes of this one, unpacked and packed, {more - left} bytes more than", options.Quotas.Bytes);
    }

    internal static Failure Full(string tenant, string howMuch, long most) => Failure.NoCapacity("QUOTA_BYTES",
        $"The packages of tenant {tenant} take {howMuch} the {most} bytes they may. Delete packages that are not needed (mano package list), or ask the operator for more (--max-package-storage).", $"tenant/{tenant}");

    public void Dispose() => _counting.Dispose();

    private sealed class Release(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
