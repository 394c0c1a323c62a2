using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Onboarding;

/// <summary>
/// Before the first call is served: what an earlier process of this replica left half done is put right. 1. packages whose upload it
/// took are CREATED again, because their content was in its scratch; 2. its scratch is emptied; 3. if nobody else has the folder, blobs
/// that no package names are removed; 4. content that a package names and the disk has not is told.
/// </summary>
internal sealed class OnboardingRecovery(
    IStateStore store, PackageRecords records, PackageContents contents, ArtifactStore artifacts, OnboardingLife life) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => store.Patiently(Recover, cancellationToken);

    private async Task Recover(CancellationToken cancellationToken)
    {
        await foreach (var package in store.ScanAll(PackageKeys.Records, OnboardingJson.Default.PackageRecord, cancellationToken))
        {
            if (package.Value.State is OnboardingState.Uploading or OnboardingState.Processing)
            {
                if (IsMine(package.Value)) // 1
                {
                    life.Logger.Interrupted(package.Value.AppPkgId, OnboardingStates.Name(package.Value.State));
                    if ((await records.Interrupted(package)).Failure is { Kind: not FailureKind.Conflict } failure)
                    {
                        throw failure.ToException();
                    }
                }
            }
            else if (package.Value.State == OnboardingState.Onboarded)
            {
                await TellLostContent(package.Value, cancellationToken); // 4
            }
        }

        var scratch = artifacts.ClearScratch(); // 2
        var blobs = life.Options.IsShared ? 0 : artifacts.Collect(await contents.DigestsInUse(cancellationToken)); // 3
        if (scratch + blobs > 0)
        {
            life.Logger.Swept(scratch, blobs);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private bool IsMine(PackageRecord package) => !life.Options.IsShared || package.Uploader is null || package.Uploader == life.Options.Replica;

    private async Task TellLostContent(PackageRecord package, CancellationToken cancel)
    {
        foreach (var artifact in (await contents.Get(package.Tenant, package.AppPkgId, cancel))?.Artifacts ?? [])
        {
            if (artifact.Size > 0 && !artifacts.Has(artifact.Sha256))
            {
                if (life.Options.IsShared)
                {
                    life.Logger.ContentElsewhere(package.AppPkgId, artifact.Path, artifact.Sha256);
                }
                else
                {
                    life.Logger.ContentLost(package.AppPkgId, artifact.Path, artifact.Sha256);
                }
            }
        }
    }
}

/// <summary>What looks after the catalogue needs beside it.</summary>
internal sealed record OnboardingLife(OnboardingOptions Options, ILogger<OnboardingRecovery> Logger);
