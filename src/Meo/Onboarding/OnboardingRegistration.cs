using Mano.Meo.Lifecycle;
using Mano.Mesh.Failures;
using Microsoft.Extensions.DependencyInjection;

namespace Mano.Meo.Onboarding;

/// <summary>Composes the capability; MeoHost maps <see cref="OnboardingGrpcService"/>.</summary>
internal static class OnboardingRegistration
{
    /// <summary>Needs an IStateStore, IIdSource, TimeProvider and the northbound's idempotency keys. Makes the folder at once.</summary>
    public static IServiceCollection AddOnboarding(this IServiceCollection services, OnboardingOptions options)
    {
        CheckTrustStore(options);
        services
            .AddSingleton(options)
            .AddSingleton(new ArtifactStore(options))
            .AddSingleton<OnboardingLife>()
            .AddSingleton<ArtifactDownloads>()
            .AddSingleton<PackageRecords>()
            .AddSingleton<PackageContents>()
            .AddSingleton<PackageCreation>()
            .AddSingleton<PackageQuota>()
            .AddSingleton<UploadReceiver>()
            .AddSingleton<PackageUploads>()
            .AddSingleton<PackageFiles>()
            .AddSingleton<PackageCatalogue>()
            .AddSingleton<IPackageCatalogue>(s => s.GetRequiredService<PackageCatalogue>())
            .AddHostedService<OnboardingRecovery>();
        return options.IsShared
            ? services.AddSingleton<IPeerContents, PeerContents>().AddSingleton<PackageFolder>().AddHostedService<PackageHousekeeping>()
            : services.AddSingleton<IPeerContents, NoPeers>();
    }

    /// <summary>What is wrong with it is told now, and not to the first provider.</summary>
    private static void CheckTrustStore(OnboardingOptions options)
    {
        try
        {
            _ = options.ToRead();
        }
        catch (InvalidDataException e)
        {
            throw Failure.InvalidInput("PACKAGE_TRUST", e.Message, "--package-trust").ToException();
        }
    }
}
