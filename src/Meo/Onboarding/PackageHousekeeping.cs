using Mano.Meo.Replicas;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Hosting;

namespace Mano.Meo.Onboarding;

/// <summary>
/// What one replica at a time does for the packages of all, under the lease of the shard <c>packages</c>: 1. an upload whose
/// replica does not live any more is given up; 2. from time to time files that no package names are removed.
/// </summary>
internal sealed class PackageHousekeeping(
    IStateStore store, PackageRecords records, PackageFolder folder, ReplicaDirectory replicas, OnboardingLife life) : BackgroundService
{
    private const string Shard = "packages";

    private ShardLease? lease;
    private long? looked;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(replicas.LeaseTime / 3, folder.Clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Round(stoppingToken);
            }
            catch (Exception e) when (e is FailureException or IOException or UnauthorizedAccessException)
            {
                life.Logger.HousekeepingTrouble(Failure.From(e));
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (lease is not null)
        {
            try
            {
                await store.ReleaseShard(lease, CancellationToken.None);
            }
            catch (FailureException)
            {
                // It ends by itself.
            }
        }
    }

    private async Task Round(CancellationToken cancel)
    {
        if (!await Holds(cancel))
        {
            return;
        }

        var alive = replicas.All.Where(r => r.IsAlive).Select(r => r.Record.Name).ToHashSet(StringComparer.Ordinal);
        await GiveUpUploadsOfTheDead(alive, cancel); // 1
        if (looked is null || folder.Clock.GetElapsedTime(looked.Value) >= life.Options.LookEvery)
        {
            looked = folder.Clock.GetTimestamp();
            await folder.Tidy(alive.Contains, cancel); // 2
        }
    }

    private async Task<bool> Holds(CancellationToken cancel)
    {
        var answer = lease is null
            ? await store.AcquireShard(Shard, replicas.Self, replicas.LeaseTime, cancel)
            : await store.RenewShard(lease, replicas.LeaseTime, cancel);
        lease = answer.TryGet(out var held, out _) ? held : null;
        return lease is not null;
    }

    private async Task GiveUpUploadsOfTheDead(HashSet<string> alive, CancellationToken cancel)
    {
        await foreach (var package in store.ScanAll(PackageKeys.Records, OnboardingJson.Default.PackageRecord, cancel))
        {
            if (package.Value.State is OnboardingState.Uploading or OnboardingState.Processing && !alive.Contains(package.Value.Uploader ?? ""))
            {
                // A conflict means that somebody did something about it.
                life.Logger.Interrupted(package.Value.AppPkgId, OnboardingStates.Name(package.Value.State));
                await records.Interrupted(package);
            }
        }
    }
}

/// <summary>The folder that replicas may share.</summary>
internal sealed class PackageFolder(ArtifactStore artifacts, PackageContents contents, OnboardingLife life, TimeProvider clock)
{
    public TimeProvider Clock => clock;

    public async Task Tidy(Func<string, bool> lives, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var scratch = artifacts.ClearScratchOf(lives, life.Options.UnusedFor, now);
        var blobs = artifacts.CollectSlowly(await contents.DigestsInUse(cancel), life.Options.UnusedFor, now);
        if (scratch + blobs > 0)
        {
            life.Logger.Swept(scratch, blobs);
        }
    }
}
