namespace Mano.Meo.Onboarding;

/// <summary>The files of packages that were deleted.</summary>
internal sealed class PackageFiles(ArtifactStore artifacts, PackageContents contents, OnboardingOptions options)
{
    /// <summary>What arrived of its uploads that broke off goes with a package.</summary>
    internal void ForgetBrokenOff(string appPkgId) => artifacts.ClearPartials(TimeSpan.Zero, default, appPkgId);

    /// <summary>
    /// Removes what no other package names. Where other replicas may rely on a file at this very moment, it is left to
    /// <see cref="PackageHousekeeping"/>. Returns how many were removed.
    /// </summary>
    internal async Task<int> Collect(PackageContentRecord deleted)
    {
        if (options.IsShared)
        {
            return 0;
        }

        using var exclusively = await artifacts.Exclusively(CancellationToken.None);
        return artifacts.Collect(await contents.DigestsInUse(CancellationToken.None), deleted.Kept);
    }
}
