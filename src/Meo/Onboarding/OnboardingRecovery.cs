using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Onboarding;

/// <summary>
/// Before the first call is served: what a process that died left half done is put right. 1. packages found UPLOADING
/// or PROCESSING are CREATED again, because their content was in scratch; 2. scratch is emptied; 3. blobs that no
/// package names are removed; 4. content that a package names and the disk has not is told.
/// </summary>
internal sealed class OnboardingRecovery(
    IStateStore store, PackageRecords records, PackageContents contents, ArtifactStore artifacts, ILogger<OnboardingRecovery> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await foreach (var package in store.ScanAll(PackageKeys.Records, OnboardingJson.Default.PackageRecord, cancellationToken))
        {
            if (package.Value.State is OnboardingState.Uploading or OnboardingState.Processing) // 1
            {
                logger.Interrupted(package.Value.AppPkgId, OnboardingStates.Name(package.Value.State));
                _ = (await records.GiveUp(package, Failure.Unavailable("UPLOAD_INTERRUPTED",
                    $"The MEO ended while the package was {OnboardingStates.Name(package.Value.State)}; upload it again.", package.Value.Subject))).Value;
            }
            else if (package.Value.State == OnboardingState.Onboarded)
            {
                await TellLostContent(package.Value, cancellationToken); // 4
            }
        }

        var scratch = artifacts.ClearScratch(); // 2
        var blobs = artifacts.Collect(await contents.DigestsInUse(cancellationToken)); // 3
        if (scratch + blobs > 0)
        {
            logger.Swept(scratch, blobs);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task TellLostContent(PackageRecord package, CancellationToken cancel)
    {
        foreach (var artifact in (await contents.Get(package.Tenant, package.AppPkgId, cancel))?.Artifacts ?? [])
        {
            if (artifact.Size > 0 && !artifacts.Has(artifact.Sha256))
            {
                logger.ContentLost(package.AppPkgId, artifact.Path, artifact.Sha256);
            }
        }
    }
}
