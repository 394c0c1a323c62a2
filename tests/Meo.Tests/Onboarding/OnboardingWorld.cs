using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Mano.Meo.Lifecycle;
using Mano.Meo.Northbound;
using Mano.Meo.Onboarding;
using Mano.Mesh.Hosting;
using Mano.Mesh.State;
using Mano.Mesh.State.InMemory;
using Mano.Onboarding.V1;
using Mano.Packages;
using Mano.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Tests.Onboarding;

/// <summary>The catalogue behind a real gRPC port, on a store and a folder that outlive it.</summary>
internal sealed class OnboardingWorld : IAsyncDisposable
{
    private const int Chunk = 64 * 1024;
    private readonly TempFolder _temp = new();
    private WebApplication? _host;
    private GrpcChannel? _channel;

    public MemoryStateStore Store { get; } = new(TimeProvider.System);

    public OnboardingOptions Options { get; set; }

    public OnboardingService.OnboardingServiceClient Client { get; private set; } = null!;

    public IPackageCatalogue Catalogue => _host!.Services.GetRequiredService<IPackageCatalogue>();

    private OnboardingWorld() => Options = new() { Folder = _temp.File("packages") };

    /// <summary>Every file the catalogue keeps, blobs and scratch.</summary>
    public IEnumerable<string> FilesOnDisk => Directory.EnumerateFiles(Options.Folder, "*", SearchOption.AllDirectories);

    /// <summary>Bytes of what is being uploaded, or broke off, on disk.</summary>
    public long PartialBytes() => FilesOnDisk.Where(f => Path.GetFileName(f).StartsWith("partial-", StringComparison.Ordinal)).Sum(f => new FileInfo(f).Length);

    public string TempFile(params string[] parts) => _temp.File(parts);

    public static async Task<OnboardingWorld> Start(Func<OnboardingOptions, OnboardingOptions>? with = null)
    {
        var world = new OnboardingWorld();
        world.Options = with?.Invoke(world.Options) ?? world.Options;
        await world.StartHost();
        return world;
    }

    public async Task Restart(Func<Task>? meanwhile = null)
    {
        await StopHost();
        await (meanwhile?.Invoke() ?? Task.CompletedTask);
        await StartHost();
    }

    public async Task<string> Create(string id = "")
    {
        var response = await Client.CreateAppPackageAsync(new() { AppPackageId = id });
        return response.AppPackage.AppPackageId;
    }

    public async Task<AppPackage> Upload(string id, byte[] content, string fileName = "app.csar", string sha256 = "")
    {
        using var call = Client.UploadAppPackage();
        try
        {
            await call.RequestStream.WriteAsync(new() { Header = new() { AppPackageId = id, FileName = fileName, Sha256 = sha256 } });
            for (var at = 0; at < content.Length; at += Chunk)
            {
                await call.RequestStream.WriteAsync(new() { Chunk = ByteString.CopyFrom(content, at, Math.Min(Chunk, content.Length - at)) });
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (RpcException)
        {
            // Refused while it was sent; the answer says why.
        }

        return (await call.ResponseAsync).AppPackage;
    }

    public async Task<AppPackage> Onboard(byte[] content, string fileName = "app.csar") => await Upload(await Create(), content, fileName);

    public async Task<AppPackage> Get(string id) => (await Client.GetAppPackageAsync(new() { AppPackageId = id })).AppPackage;

    public async Task Disable(string id) => await Client.SetAppPackageOperationalStateAsync(
        new() { AppPackageId = id, OperationalState = AppPackage.Types.OperationalState.Disabled });

    public async Task<byte[]> Download(string sha256, long offset = 0)
    {
        using var call = Client.DownloadArtifact(new() { Sha256 = sha256, Offset = offset });
        using var content = new MemoryStream();
        await foreach (var part in call.ResponseStream.ReadAllAsync())
        {
            content.Write(part.Chunk.Span);
        }

        return content.ToArray();
    }

    /// <summary>An instance of the package exists, as Lifecycle records it.</summary>
    public async Task Use(string id, string instance) =>
        (await Store.Commit(new Batch().Put(PackageUsage.Key(Tenants.Default, id, instance), PackageUsage.Value))).OrThrow();

    public async Task Unuse(string id, string instance) =>
        (await Store.Commit(new Batch().Delete(PackageUsage.Key(Tenants.Default, id, instance)))).OrThrow();

    public async ValueTask DisposeAsync()
    {
        await StopHost();
        await Store.DisposeAsync();
        _temp.Dispose();
    }

    private async Task StartHost()
    {
        var builder = MeshHost.CreateBuilder("meo", new ListenOptions(), LogLevel.Warning);
        builder.Services.AddSingleton<IStateStore>(Store);
        builder.Services.AddSingleton(new IdempotencyOptions()).AddSingleton<IdempotencyKeys>();
        builder.Services.AddOnboarding(Options);
        _host = builder.Build();
        _host.MapMesh();
        _host.MapGrpcService<OnboardingGrpcService>();
        await _host.StartAsync();
        _channel = GrpcChannel.ForAddress(BoundAddresses.Of(_host).Grpc);
        Client = new(_channel);
    }

    private async Task StopHost()
    {
        _channel?.Dispose();
        if (_host is not null)
        {
            await _host.StopAsync();
            await _host.DisposeAsync();
        }
    }
}
