using Google.Protobuf;
using Grpc.Core;
using Mano.Vim.V1;
using static Mano.VimAdapters.Conformance.ConformanceCheck;
using static Mano.VimAdapters.Conformance.ConformanceWorld;

namespace Mano.VimAdapters.Conformance;

/// <summary>What only gRPC itself shows of an adapter in a process of its own.</summary>
internal static class WireChecks
{
    public static IReadOnlyList<ConformanceCheck> All { get; } = GroupOf("wire",
    [
        Check("Every failure carries mano.common.v1.Failure in its details", Details, Rules.Details),
        Check("What a message leaves out or does not say is INVALID_ARGUMENT, not a guess", Unspecified, Rules.Unspecified, Rules.IllFormed),
        Check("An upload without a header, or cut short, keeps nothing", BrokenUpload, Rules.ImageByDigest, Rules.IllFormed, Rules.OtherDigest),
        Check("A number that no enum has is INVALID_ARGUMENT", UnknownEnum, Rules.Unspecified, Rules.IllFormed),
    ]);

    private static async Task Details(ConformanceWorld w)
    {
        var nothing = await FailsAsync(w, StatusCode.NotFound, (s, o) => s.GetComputeAsync(new() { ComputeId = w.A }, o).ResponseAsync, "GetCompute of nothing");
        var illFormed = await FailsAsync(w, StatusCode.InvalidArgument, (s, o) => s.EnsureComputeAsync(new() { ComputeId = "a/b", OperationNumber = 0 }, o).ResponseAsync, "EnsureCompute with an ill-formed id");
        foreach (var failed in new[] { nothing, illFormed })
        {
            var details = failed.Trailers.FirstOrDefault(t => t.IsBinary && t.Key == "grpc-status-details-bin")?.ValueBytes
                ?? throw new NotConformingException($"{failed.StatusCode} without grpc-status-details-bin", "a google.rpc.Status with a mano.common.v1.Failure in it");
            var status = Google.Rpc.Status.Parser.ParseFrom(details);
            True((int)failed.StatusCode == status.Code, $"the details say code {status.Code}", $"{(int)failed.StatusCode}, as the status");
            var failure = status.Details.FirstOrDefault(d => d.Is(Common.V1.Failure.Descriptor))?.Unpack<Common.V1.Failure>()
                ?? throw new NotConformingException($"the details hold {string.Join(", ", status.Details.Select(d => d.TypeUrl))}", "a mano.common.v1.Failure");
            True(failure.Reason.Length > 0 && failure.Message.Length > 0, "the Failure has no reason or no message");
        }
    }

    private static async Task Unspecified(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        await FailsAsync(w, StatusCode.InvalidArgument, (s, o) => s.EnsureComputeAsync(new() { ComputeId = w.A, OperationNumber = 1 }, o).ResponseAsync, "EnsureCompute without a spec");
        await FailsAsync(w, StatusCode.InvalidArgument, (s, o) => s.EnsureComputeAsync(Request(w, spec => spec.RestartPolicy = 0), o).ResponseAsync, "a spec without a restart policy");
        await FailsAsync(w, StatusCode.InvalidArgument, (s, o) => s.EnsureComputeAsync(Request(w, spec => spec.Images[0].Format = 0), o).ResponseAsync, "an image without a format");
        await FailsAsync(w, StatusCode.InvalidArgument, (s, o) => s.EnsureComputeAsync(Request(w, spec => spec.Labels = null), o).ResponseAsync, "a spec without labels");
        if (w.Capabilities.Has(Contract.VimCapability.Power))
        {
            await FailsAsync(w, StatusCode.InvalidArgument, (s, o) => s.SetPowerStateAsync(new() { ComputeId = w.A, OperationNumber = 1 }, o).ResponseAsync, "SetPowerState without a state");
        }

        True(await w.Vim.GetComputeAsync(w.A, w.Patience) is null, "a refused create left a compute");
    }

    private static async Task BrokenUpload(ConformanceWorld w)
    {
        await w.WithoutImageAsync();
        var content = new EnsureImageRequest { Content = ByteString.CopyFromUtf8("content") };
        await FailsAsync(w, StatusCode.InvalidArgument, (s, o) => UploadAsync(s, o, content), "an upload that begins with content");
        await FailsAsync(w, StatusCode.InvalidArgument, (s, o) => UploadAsync(s, o), "an upload of nothing");
        var header = new EnsureImageRequest { Header = new() { Image = Image(w), Size = w.Subject.Image.Size } };
        await FailsAsync(w, StatusCode.FailedPrecondition, (s, o) => UploadAsync(s, o, header, content), "an upload that ends before its content");
        True((await w.Vim.ListImagesAsync(w.Patience)).All(i => i.Image.Digest != w.Subject.Image.Image.Digest), "a broken upload was kept");
    }

    private static async Task UnknownEnum(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        await FailsAsync(w, StatusCode.InvalidArgument, (s, o) => s.EnsureComputeAsync(Request(w, spec => spec.RestartPolicy = (RestartPolicy)99), o).ResponseAsync, "restart policy 99");
        await FailsAsync(w, StatusCode.InvalidArgument, (s, o) => s.EnsureComputeAsync(Request(w, spec => spec.Ports.Add(new Port { Name = "p", Number = 1, Transport = (Transport)99 })), o).ResponseAsync, "transport 99");
    }

    private static ImageReference Image(ConformanceWorld w) =>
        new() { Digest = w.Subject.Image.Image.Digest, Format = (ImageFormat)w.Subject.Image.Image.Format, Name = w.Subject.Image.Image.Name };

    private static EnsureComputeRequest Request(ConformanceWorld w, Action<ComputeSpec> spoil)
    {
        var spec = new ComputeSpec
        {
            Name = "wire", Images = { Image(w) }, RestartPolicy = RestartPolicy.Never, Labels = new() { Tenant = Tenant, AppInstanceId = "wire" },
            Resources = new() { MilliCpu = w.Subject.Small.MilliCpu, MemoryMib = w.Subject.Small.MemoryMib, DiskGib = w.Subject.Small.DiskGib },
        };
        spoil(spec);
        return new() { ComputeId = w.A, OperationNumber = 1, Spec = spec };
    }

    private static async Task<EnsureImageResponse> UploadAsync(VimAdapterService.VimAdapterServiceClient service, CallOptions options, params EnsureImageRequest[] parts)
    {
        using var call = service.EnsureImage(options);
        try
        {
            foreach (var part in parts)
            {
                await call.RequestStream.WriteAsync(part);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or IOException)
        {
            // Refused before all was sent; the answer says how.
        }

        return await call.ResponseAsync;
    }

    private static async Task<RpcException> FailsAsync<T>(
        ConformanceWorld w, StatusCode code, Func<VimAdapterService.VimAdapterServiceClient, CallOptions, Task<T>> call, string situation)
    {
        var service = w.Subject.Service ?? throw new NotShownException("the adapter is in this process: there is no wire");
        try
        {
            var answer = await call(service, new CallOptions(cancellationToken: w.Patience));
            throw new NotConformingException($"{situation}: it was let through, and answered {answer}", Name(code));
        }
        catch (RpcException e)
        {
            True(e.StatusCode == code, $"{situation}: {Name(e.StatusCode)} ({e.Status.Detail})", Name(code));
            return e;
        }
    }

    private static string Name(StatusCode code) =>
        string.Concat(code.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? "_" + c : char.ToUpperInvariant(c).ToString()));
}
