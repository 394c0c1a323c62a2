using Google.Protobuf;
using Grpc.Core;
using Mano.Meo.Northbound;
using Mano.Meo.Northbound.Queries;
using Mano.Meo.Replicas;
using Mano.Mesh.Failures;
using Mano.Mesh.Ids;
using Mano.Packages.AppD;
using Wire = Mano.Onboarding.V1;

namespace Mano.Meo.Onboarding;

/// <summary>mano.onboarding.v1.OnboardingService: the catalogue over gRPC.</summary>
internal sealed class OnboardingGrpcService(
    PackageCatalogue catalogue, PackageCreation creation, PackageUploads uploads, ArtifactDownloads artifacts, IdempotencyKeys keys) : Wire.OnboardingService.OnboardingServiceBase
{
    private const int DownloadChunk = 256 * 1024;

    public override async Task<Wire.CreateAppPackageResponse> CreateAppPackage(Wire.CreateAppPackageRequest request, ServerCallContext context)
    {
        OnboardingRules.Check(request);
        var view = await keys.Once(
            CallKeys.Of(context, request),
            again: known => catalogue.GetOrAsMade(Tenants.Default, known, context.CancellationToken),
            first: use => creation.Create(Tenants.Default, request.AppPackageId, request.UserDefinedData, use, context.CancellationToken),
            context.CancellationToken);
        return new() { AppPackage = PackageWire.ToWire(view.Value) };
    }

    public override async Task<Wire.UploadAppPackageResponse> UploadAppPackage(
        IAsyncStreamReader<Wire.UploadAppPackageRequest> requestStream, ServerCallContext context)
    {
        if (!await requestStream.MoveNext(context.CancellationToken) || requestStream.Current.PartCase != Wire.UploadAppPackageRequest.PartOneofCase.Header)
        {
            throw Failure.InvalidInput("UPLOAD_ORDER", "The first message of an upload is its header.", "header").ToException();
        }

        var header = OnboardingRules.Check(requestStream.Current.Header);

        // The key stands for the header: who wants it to stand for the content says the content's digest there.
        var uploaded = (await keys.Once(
            CallKeys.Of(context, requestStream.Current),
            again: known => Task.FromResult<Outcome<string>>(known.Subject),
            first: async use => (await uploads.Upload(Tenants.Default, header, requestStream, use, context.CancellationToken)).Then<string>(record => record.AppPkgId),
            context.CancellationToken)).Value;
        return new() { AppPackage = PackageWire.ToWire((await catalogue.Get(Tenants.Default, uploaded, CancellationToken.None)).Value) };
    }

    public override async Task<Wire.GetUploadOffsetResponse> GetUploadOffset(Wire.GetUploadOffsetRequest request, ServerCallContext context)
    {
        OnboardingRules.Check(request);
        return new() { Offset = (await uploads.Offset(Tenants.Default, request.AppPackageId, request.Sha256, context.CancellationToken)).Value };
    }

    public override async Task<Wire.GetAppPackageResponse> GetAppPackage(Wire.GetAppPackageRequest request, ServerCallContext context)
    {
        var mask = ReadMask.Of(request.ReadMask, Wire.AppPackage.Descriptor);
        return new() { AppPackage = mask.Apply(PackageWire.ToWire((await Find(request.AppPackageId, context)).Value)) };
    }

    public override async Task<Wire.ListAppPackagesResponse> ListAppPackages(Wire.ListAppPackagesRequest request, ServerCallContext context)
    {
        var page = await ListQuery<Wire.AppPackage>.Of(request).Page(
            (after, size, cancel) => catalogue.List(Tenants.Default, after, size, cancel), view => view.Record.AppPkgId, PackageWire.ToWire, context.CancellationToken);
        var response = new Wire.ListAppPackagesResponse { NextPageToken = page.NextToken };
        response.AppPackages.AddRange(page.Items);
        return response;
    }

    public override async Task<Wire.GetAppDescriptorResponse> GetAppDescriptor(Wire.GetAppDescriptorRequest request, ServerCallContext context)
    {
        var package = await catalogue.GetOnboarded(Tenants.Default, OnboardingRules.CheckId(request.AppPackageId), context.CancellationToken);
        return new() { Json = AppDescriptorJson.Serialize(package.Value.Descriptor) };
    }

    public override async Task<Wire.SetAppPackageOperationalStateResponse> SetAppPackageOperationalState(
        Wire.SetAppPackageOperationalStateRequest request, ServerCallContext context)
    {
        var id = OnboardingRules.CheckId(request.AppPackageId);
        new Faults()
            .Require(request.OperationalState != Wire.AppPackage.Types.OperationalState.Unspecified && Enum.IsDefined(request.OperationalState), "operational_state", "is neither ENABLED nor DISABLED")
            .ThrowIfAny("The request");
        var enabled = request.OperationalState == Wire.AppPackage.Types.OperationalState.Enabled;
        var view = await keys.Once(
            CallKeys.Of(context, request),
            again: _ => catalogue.Get(Tenants.Default, id, context.CancellationToken).AsTask(),
            first: use => catalogue.SetEnabled(Tenants.Default, id, enabled, use, context.CancellationToken),
            context.CancellationToken);
        return new() { AppPackage = PackageWire.ToWire(view.Value) };
    }

    public override async Task<Wire.DeleteAppPackageResponse> DeleteAppPackage(Wire.DeleteAppPackageRequest request, ServerCallContext context)
    {
        var id = OnboardingRules.CheckId(request.AppPackageId);
        _ = (await keys.Once(
            CallKeys.Of(context, request),
            again: _ => Task.FromResult<Outcome<bool>>(true),
            first: use => catalogue.Delete(Tenants.Default, id, use, context.CancellationToken),
            context.CancellationToken)).Value;
        return new();
    }

    public override async Task DownloadArtifact(
        Wire.DownloadArtifactRequest request, IServerStreamWriter<Wire.DownloadArtifactResponse> responseStream, ServerCallContext context)
    {
        OnboardingRules.Check(request);
        await using var content = await artifacts.Open(request.Sha256, fetch: !ForwardedCalls.IsForwarded(context), context.CancellationToken);
        if (request.Offset > content.Length)
        {
            throw new Failure(FailureKind.OutOfRange, "OFFSET_BEYOND_END",
                $"The artifact has {content.Length} bytes; offset {request.Offset} lies beyond. Start again at 0.", $"artifact/{request.Sha256}").ToException();
        }

        content.Position = request.Offset;
        var left = request.Length == 0 ? long.MaxValue : request.Length;
        var buffer = new byte[DownloadChunk];
        for (int read; (read = await content.ReadAtLeastAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), (int)Math.Min(buffer.Length, left), throwOnEndOfStream: false, context.CancellationToken)) > 0;)
        {
            await responseStream.WriteAsync(
                new() { Chunk = ByteString.CopyFrom(buffer, 0, read), TotalBytes = content.Length }, context.CancellationToken);
            left -= read;
        }
    }

    private ValueTask<Outcome<PackageView>> Find(string appPackageId, ServerCallContext context) =>
        catalogue.Get(Tenants.Default, OnboardingRules.CheckId(appPackageId), context.CancellationToken);
}
