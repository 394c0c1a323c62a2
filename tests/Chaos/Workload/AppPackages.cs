using Google.Protobuf;
using Grpc.Core;
using Mano.Chaos.Topologies;
using Mano.Mesh.Channels;
using Mano.Inventory.V1;
using Mano.Onboarding.V1;
using Mano.Testing;

namespace Mano.Chaos.Workload;

/// <summary>Before any fault: all sites are there, and every application's package is onboarded.</summary>
internal static class AppPackages
{
    public static async Task<IReadOnlyList<ChaosApp>> Onboard(Testbed testbed, int count, CancellationToken cancel)
    {
        using var channels = new GrpcChannels();
        var channel = channels.For(testbed.Meos[0].Grpc);
        var inventory = new InventoryService.InventoryServiceClient(channel);
        await Eventually.Is(
            async () => (await inventory.ListSitesAsync(new(), cancellationToken: cancel)).Sites.SelectMany(s => s.Hosts).Count(h => h.Healthy) == testbed.Sites.Count,
            "every site is registered and healthy");
        var onboarding = new OnboardingService.OnboardingServiceClient(channel);
        var apps = new List<ChaosApp>();
        for (var number = 1; number <= count; number++)
        {
            apps.Add(await Onboard(onboarding, new(number), cancel));
        }

        return apps;
    }

    private static async Task<ChaosApp> Onboard(OnboardingService.OnboardingServiceClient onboarding, ChaosApp app, CancellationToken cancel)
    {
        var package = (await onboarding.CreateAppPackageAsync(new(), cancellationToken: cancel)).AppPackage.AppPackageId;
        using var upload = onboarding.UploadAppPackage(cancellationToken: cancel);
        await upload.RequestStream.WriteAsync(new() { Header = new() { AppPackageId = package, FileName = $"chaos-{app.Number}.json" } }, cancel);
        await upload.RequestStream.WriteAsync(new() { Chunk = ByteString.CopyFrom(app.Descriptor.Span) }, cancel);
        await upload.RequestStream.CompleteAsync();
        _ = await upload;
        return app with { PackageId = package };
    }
}
