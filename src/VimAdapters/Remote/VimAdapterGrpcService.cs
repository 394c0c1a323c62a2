using Grpc.Core;
using Mano.Mesh.Failures;
using Mano.Vim.V1;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Remote;

/// <summary>
/// Offers an adapter of this process to MEPMs elsewhere: <c>mano.vim.v1.VimAdapterService</c>. Failures become
/// statuses in the mesh's interceptor.
/// </summary>
public sealed class VimAdapterGrpcService(IVimAdapter vim) : VimAdapterService.VimAdapterServiceBase
{
    public override async Task<GetCapabilitiesResponse> GetCapabilities(GetCapabilitiesRequest request, ServerCallContext context) =>
        VimWire.ToWire(await vim.GetCapabilitiesAsync(context.CancellationToken));

    public override async Task<GetCapacityResponse> GetCapacity(GetCapacityRequest request, ServerCallContext context)
    {
        var (total, used) = await vim.GetCapacityAsync(context.CancellationToken);
        return new() { Total = VimWire.ToWire(total), Used = VimWire.ToWire(used) };
    }

    public override async Task<EnsureImageResponse> EnsureImage(IAsyncStreamReader<EnsureImageRequest> requestStream, ServerCallContext context)
    {
        var cancel = context.CancellationToken;
        if (!await requestStream.MoveNext(cancel) || requestStream.Current.Header is not { } header)
        {
            throw VimFailures.InvalidRequest("image", [new("header", "the first message must carry it.")]).ToException();
        }

        var image = VimWire.FromWire(header.Image);
        var source = header.LocalPath.Length > 0
            ? ImageSource.FromFile(image, header.LocalPath)
            : ImageSource.FromStream(image, header.Size, _ => Task.FromResult<Stream>(new UploadStream(requestStream)));
        return new() { Image = VimWire.ToWire(await vim.EnsureImageAsync(source, cancel)) };
    }

    public override async Task<ListImagesResponse> ListImages(ListImagesRequest request, ServerCallContext context)
    {
        var response = new ListImagesResponse();
        response.Images.AddRange((await vim.ListImagesAsync(context.CancellationToken)).Select(VimWire.ToWire));
        return response;
    }

    public override async Task<DeleteImageIfAnyResponse> DeleteImageIfAny(DeleteImageIfAnyRequest request, ServerCallContext context)
    {
        await vim.DeleteImageIfAnyAsync(request.Digest, context.CancellationToken);
        return new();
    }

    public override async Task<EnsureComputeResponse> EnsureCompute(EnsureComputeRequest request, ServerCallContext context) => new()
    {
        Compute = VimWire.ToWire(await vim.EnsureComputeAsync(request.ComputeId, request.OperationNumber, VimWire.FromWire(request.Spec), context.CancellationToken)),
    };

    public override async Task<GetComputeResponse> GetCompute(GetComputeRequest request, ServerCallContext context) => new()
    {
        Compute = VimWire.ToWire(await vim.GetComputeAsync(request.ComputeId, context.CancellationToken) ?? throw VimFailures.NoCompute(request.ComputeId).ToException()),
    };

    public override async Task<ListComputesResponse> ListComputes(ListComputesRequest request, ServerCallContext context)
    {
        var response = new ListComputesResponse();
        response.Computes.AddRange((await vim.ListComputesAsync(context.CancellationToken)).Select(VimWire.ToWire));
        return response;
    }

    public override async Task<SetPowerStateResponse> SetPowerState(SetPowerStateRequest request, ServerCallContext context) => new()
    {
        Compute = VimWire.ToWire(await vim.SetPowerStateAsync(request.ComputeId, request.OperationNumber, (Contract.PowerState)request.PowerState, context.CancellationToken)),
    };

    public override async Task<DeleteComputeIfAnyResponse> DeleteComputeIfAny(DeleteComputeIfAnyRequest request, ServerCallContext context)
    {
        await vim.DeleteComputeIfAnyAsync(request.ComputeId, request.OperationNumber, context.CancellationToken);
        return new();
    }

    public override async Task WatchComputes(WatchComputesRequest request, IServerStreamWriter<WatchComputesResponse> responseStream, ServerCallContext context)
    {
        await foreach (var change in vim.WatchComputesAsync(context.CancellationToken))
        {
            await responseStream.WriteAsync(VimWire.ToWire(change), context.CancellationToken);
        }
    }

    public override async Task<ReadLogResponse> ReadLog(ReadLogRequest request, ServerCallContext context)
    {
        var log = await vim.ReadLogAsync(request.ComputeId, request.TailBytes, context.CancellationToken);
        return new() { Text = log.Text, Truncated = log.Truncated };
    }

    public override async Task<ReadStatisticsResponse> ReadStatistics(ReadStatisticsRequest request, ServerCallContext context) =>
        VimWire.ToWire(await vim.ReadStatisticsAsync(request.ComputeId, context.CancellationToken));

    public override async Task<CheckConnectionResponse> CheckConnection(CheckConnectionRequest request, ServerCallContext context)
    {
        var response = new CheckConnectionResponse();
        response.Checks.AddRange((await vim.CheckConnectionAsync(context.CancellationToken)).Select(VimWire.ToWire));
        return response;
    }

    public override async Task<ListEventsResponse> ListEvents(ListEventsRequest request, ServerCallContext context)
    {
        var response = new ListEventsResponse();
        response.Events.AddRange((await vim.ListEventsAsync(request.ComputeId, context.CancellationToken)).Select(VimWire.ToWire));
        return response;
    }

    public override async Task<EnsureNetworkResponse> EnsureNetwork(EnsureNetworkRequest request, ServerCallContext context) => new()
    {
        Network = VimWire.ToWire(await vim.EnsureNetworkAsync(request.NetworkId, request.OperationNumber, VimWire.FromWire(request.Spec), context.CancellationToken)),
    };

    public override async Task<ListNetworksResponse> ListNetworks(ListNetworksRequest request, ServerCallContext context)
    {
        var response = new ListNetworksResponse();
        response.Networks.AddRange((await vim.ListNetworksAsync(context.CancellationToken)).Select(VimWire.ToWire));
        return response;
    }

    public override async Task<DeleteNetworkIfAnyResponse> DeleteNetworkIfAny(DeleteNetworkIfAnyRequest request, ServerCallContext context)
    {
        await vim.DeleteNetworkIfAnyAsync(request.NetworkId, request.OperationNumber, context.CancellationToken);
        return new();
    }
}
