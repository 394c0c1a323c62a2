using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;
using Mano.Mesh.Channels;
using Mano.Mesh.Failures;
using Mano.Vim.V1;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Registration;
using Compute = Mano.VimAdapters.Contract.Compute;
using ComputeSpec = Mano.VimAdapters.Contract.ComputeSpec;
using PowerState = Mano.VimAdapters.Contract.PowerState;
using VimImage = Mano.VimAdapters.Contract.VimImage;

namespace Mano.VimAdapters.Remote;

/// <summary>An adapter in a process of its own, written in any language, behind the same contract.</summary>
public sealed partial class RemoteVimAdapter : IVimAdapter
{
    public const string AdapterName = "Remote";

    private const int ChunkBytes = 256 * 1024;
    private readonly RemoteVimOptions options;
    private readonly TimeProvider clock;
    private readonly VimAdapterService.VimAdapterServiceClient client;

    public RemoteVimAdapter(RemoteVimOptions options, GrpcChannels channels, TimeProvider clock)
    {
        var isUrl = Uri.TryCreate(options.Address, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";
        OptionsRules.Check(AdapterName, options, isUrl || options.Address.Length == 0 ? [] : [$"Address: '{options.Address}' is refused; something like http://127.0.0.1:7431 would be right."]);
        (this.options, this.clock) = (options, clock);
        client = new(channels.For(options.Address));
    }

    public Task<VimCapabilities> GetCapabilitiesAsync(CancellationToken cancellationToken) =>
        CallAsync(async call => VimWire.FromWire(await client.GetCapabilitiesAsync(new(), call)), cancellationToken);

    public Task<VimCapacity> GetCapacityAsync(CancellationToken cancellationToken) => CallAsync(async call =>
    {
        var response = await client.GetCapacityAsync(new(), call);
        return new VimCapacity(VimWire.FromWire(response.Total), VimWire.FromWire(response.Used));
    }, cancellationToken);

    public async Task<VimImage> EnsureImageAsync(ImageSource source, CancellationToken cancellationToken)
    {
        RequestRules.CheckImage(source.Image);
        var known = (await ListImagesAsync(cancellationToken)).FirstOrDefault(i => i.Image.Digest == source.Image.Digest);
        return known ?? await CallAsync(call => UploadAsync(source, call), cancellationToken, options.UploadTimeout);
    }

    public Task<IReadOnlyList<VimImage>> ListImagesAsync(CancellationToken cancellationToken) => CallAsync<IReadOnlyList<VimImage>>(
        async call => [.. (await client.ListImagesAsync(new(), call)).Images.Select(VimWire.FromWire)], cancellationToken);

    public Task DeleteImageIfAnyAsync(string digest, CancellationToken cancellationToken) =>
        CallAsync(async call => await client.DeleteImageIfAnyAsync(new() { Digest = digest }, call), cancellationToken);

    public Task<Compute> EnsureComputeAsync(string computeId, long operationNumber, ComputeSpec spec, CancellationToken cancellationToken) => CallAsync(async call =>
    {
        var request = new EnsureComputeRequest { ComputeId = computeId, OperationNumber = operationNumber, Spec = VimWire.ToWire(spec) };
        return VimWire.FromWire((await client.EnsureComputeAsync(request, call)).Compute);
    }, cancellationToken);

    public async Task<Compute?> GetComputeAsync(string computeId, CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync(async call => VimWire.FromWire((await client.GetComputeAsync(new() { ComputeId = computeId }, call)).Compute), cancellationToken);
        }
        catch (FailureException e) when (e.Failure.Kind == FailureKind.NotFound)
        {
            return null;
        }
    }

    public Task<IReadOnlyList<Compute>> ListComputesAsync(CancellationToken cancellationToken) => CallAsync<IReadOnlyList<Compute>>(
        async call => [.. (await client.ListComputesAsync(new(), call)).Computes.Select(VimWire.FromWire)], cancellationToken);

    public Task<Compute> SetPowerStateAsync(string computeId, long operationNumber, PowerState powerState, CancellationToken cancellationToken) => CallAsync(async call =>
    {
        var request = new SetPowerStateRequest { ComputeId = computeId, OperationNumber = operationNumber, PowerState = (Vim.V1.PowerState)powerState };
        return VimWire.FromWire((await client.SetPowerStateAsync(request, call)).Compute);
    }, cancellationToken);

    public Task DeleteComputeIfAnyAsync(string computeId, long operationNumber, CancellationToken cancellationToken) => CallAsync(
        async call => await client.DeleteComputeIfAnyAsync(new() { ComputeId = computeId, OperationNumber = operationNumber }, call), cancellationToken);

    public async IAsyncEnumerable<ComputeEvent> WatchComputesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var call = client.WatchComputes(new(), cancellationToken: cancellationToken);
        while (await NextAsync(call.ResponseStream, cancellationToken))
        {
            yield return VimWire.FromWire(call.ResponseStream.Current);
        }
    }

    public Task<ComputeLog> ReadLogAsync(string computeId, int tailBytes, CancellationToken cancellationToken) => CallAsync(async call =>
    {
        var response = await client.ReadLogAsync(new() { ComputeId = computeId, TailBytes = tailBytes }, call);
        return new ComputeLog(response.Text, response.Truncated);
    }, cancellationToken);

    public Task<ComputeStatistics> ReadStatisticsAsync(string computeId, CancellationToken cancellationToken) => CallAsync(
        async call => VimWire.FromWire(await client.ReadStatisticsAsync(new() { ComputeId = computeId }, call)), cancellationToken);

    private async Task<VimImage> UploadAsync(ImageSource source, CallOptions options)
    {
        using var call = client.EnsureImage(options);
        var header = new EnsureImageRequest.Types.ImageHeader { Image = VimWire.ToWire(source.Image), Size = source.Size };
        if (this.options.SharesFiles && source.LocalPath is { } path)
        {
            header.LocalPath = Path.GetFullPath(path);
        }

        // An adapter that knows enough answers before it has read all, and then takes no more: its answer counts.
        if (await TryWriteAsync(call.RequestStream, new() { Header = header }) && header.LocalPath.Length == 0)
        {
            await SendContentAsync(source, call.RequestStream, options.CancellationToken);
        }

        await TryCompleteAsync(call.RequestStream);
        return VimWire.FromWire((await call.ResponseAsync).Image);
    }

    private static async Task SendContentAsync(ImageSource source, IClientStreamWriter<EnsureImageRequest> stream, CancellationToken cancellationToken)
    {
        try
        {
            await using var content = await source.OpenAsync(cancellationToken);
            var buffer = new byte[ChunkBytes];
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                if (!await TryWriteAsync(stream, new() { Content = ByteString.CopyFrom(buffer, 0, read) }))
                {
                    return;
                }
            }
        }
        catch (Exception e) when (source.LocalPath is not null && e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw VimFailures.BadContent(source.Image.Digest, $"{source.LocalPath} cannot be read: {e.Message}").ToException();
        }
    }

    private static async Task<bool> TryWriteAsync(IClientStreamWriter<EnsureImageRequest> stream, EnsureImageRequest message)
    {
        try
        {
            await stream.WriteAsync(message);
            return true;
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or IOException)
        {
            return false;
        }
    }

    private static async Task TryCompleteAsync(IClientStreamWriter<EnsureImageRequest> stream)
    {
        try
        {
            await stream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or IOException)
        {
            // The call is over already; its answer says how.
        }
    }

    private static async Task<bool> NextAsync(IAsyncStreamReader<WatchComputesResponse> stream, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.MoveNext(cancellationToken);
        }
        catch (RpcException e)
        {
            throw Translated(e, cancellationToken);
        }
    }

    private async Task<T> CallAsync<T>(Func<CallOptions, Task<T>> call, CancellationToken cancellationToken, TimeSpan? timeout = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var deadline = clock.GetUtcNow() + (timeout ?? options.CallTimeout);
        try
        {
            return await call(new CallOptions(deadline: deadline.UtcDateTime, cancellationToken: cancellationToken));
        }
        catch (RpcException e)
        {
            throw Translated(e, cancellationToken);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FailureException(Failure.DeadlineExceeded("VIM_TIMEOUT", $"The adapter at {options.Address} did not answer in time; it may or may not have done it.", options.Address), e);
        }
    }

    private static Exception Translated(RpcException e, CancellationToken cancellationToken) =>
        e.StatusCode == StatusCode.Cancelled && cancellationToken.IsCancellationRequested
            ? new OperationCanceledException(e.Message, e, cancellationToken)
            : e.ToFailure().ToException();
}
