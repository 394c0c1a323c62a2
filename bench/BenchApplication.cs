using Grpc.Core;
using Mano.Cli.Simulate;
using Mano.Lifecycle.V1;
using Mano.Onboarding.V1;

namespace Mano.Bench;

/// <summary>The application that is instantiated here, and what a caller does with it.</summary>
internal static class BenchApplication
{
    /// <summary>That of mano simulate, without its DNS rule.</summary>
    public static BenchPackage Descriptor { get; } = new("bench.json", SimulatedApplication.Describe("bench", "bench-d", dnsRule: ""));

    /// <summary>Onboards it and waits for a host that could run it; gives the package's id.</summary>
    public static Task<string> OnboardAsync(ChannelBase channel) => OnboardAsync(channel, Descriptor);

    /// <summary>The same with another application.</summary>
    public static async Task<string> OnboardAsync(ChannelBase channel, BenchPackage package)
    {
        var onboarding = new OnboardingService.OnboardingServiceClient(channel);
        var packageId = (await onboarding.CreateAppPackageAsync(new())).AppPackage.AppPackageId;
        using var upload = onboarding.UploadAppPackage();
        await upload.RequestStream.WriteAsync(new() { Header = new() { AppPackageId = packageId, FileName = package.FileName } });
        foreach (var chunk in package.Content.Chunk(256 * 1024))
        {
            await upload.RequestStream.WriteAsync(new() { Chunk = Google.Protobuf.ByteString.CopyFrom(chunk) });
        }

        await upload.RequestStream.CompleteAsync();
        await upload;
        var inventory = new Inventory.V1.InventoryService.InventoryServiceClient(channel);
        while (!(await inventory.ListSitesAsync(new())).Sites.Any(s => s.Hosts.Any(h => h.Healthy)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        return packageId;
    }

    /// <summary>Follows an operation to its end, which must be COMPLETED.</summary>
    public static async Task EndOf(OperationService.OperationServiceClient operations, Operation operation)
    {
        using var watch = operations.WatchOperation(new() { OperationId = operation.OperationId });
        await foreach (var news in watch.ResponseStream.ReadAllAsync())
        {
            operation = news.Operation;
        }

        if (operation.State != Operation.Types.State.Completed)
        {
            throw new InvalidOperationException($"An operation of the bench did not complete: {operation}");
        }
    }
}

/// <summary>What is uploaded.</summary>
internal sealed record BenchPackage(string FileName, byte[] Content);
