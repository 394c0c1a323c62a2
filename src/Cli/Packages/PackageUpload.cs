using Google.Protobuf;
using Grpc.Core;
using Mano.Cli.Connection;
using Mano.Mesh.Failures;
using Mano.Onboarding.V1;

namespace Mano.Cli.Packages;

/// <summary>Brings a file into the MEO's catalogue. A refused package leaves nothing behind.</summary>
internal sealed class PackageUpload(MeoConnection meo)
{
    private const int ChunkBytes = 256 * 1024;

    /// <summary>Told how many bytes were sent so far.</summary>
    public Action<long> OnSent { get; init; } = _ => { };

    /// <param name="id">The caller's own id; empty: the MEO chooses one.</param>
    /// <exception cref="FailureException">InvalidInput with every fault of the package; or whatever else the MEO said.</exception>
    public async Task<AppPackageInfo> OnboardAsync(Stream content, string fileName, string id, CancellationToken stop)
    {
        var created = await meo.Ask(
            o => meo.Onboarding.CreateAppPackageAsync(new CreateAppPackageRequest { AppPackageId = id }, o), stop, ":create");
        try
        {
            return await UploadAsync(content, fileName, created.AppPackage.AppPackageId, stop);
        }
        catch (Exception e) when (e is FailureException or OperationCanceledException)
        {
            await RemoveAsync(created.AppPackage.AppPackageId);
            throw;
        }
    }

    private async Task<AppPackageInfo> UploadAsync(Stream content, string fileName, string id, CancellationToken stop)
    {
        using var call = meo.Onboarding.UploadAppPackage(meo.Headers(":upload"), cancellationToken: stop);
        try
        {
            try
            {
                await SendAsync(call.RequestStream, content, fileName, id, stop);
            }
            catch (Exception e) when (e is RpcException or InvalidOperationException)
            {
                // The MEO answered before it had everything; the answer says why.
            }

            return (await call.ResponseAsync).AppPackage;
        }
        catch (RpcException e)
        {
            throw MeoConnection.Explain(e, meo.Address, "MEO").ToException();
        }
    }

    private async Task SendAsync(IClientStreamWriter<UploadAppPackageRequest> writer, Stream content, string fileName, string id, CancellationToken stop)
    {
        await writer.WriteAsync(
            new UploadAppPackageRequest { Header = new UploadAppPackageRequest.Types.Header { AppPackageId = id, FileName = fileName } }, stop);
        var buffer = new byte[ChunkBytes];
        var sent = 0L;
        int read;
        while ((read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, stop)) > 0)
        {
            await writer.WriteAsync(new UploadAppPackageRequest { Chunk = ByteString.CopyFrom(buffer, 0, read) }, stop);
            OnSent(sent += read);
        }

        await writer.CompleteAsync();
    }

    private async Task RemoveAsync(string id)
    {
        try
        {
            await meo.Ask(o => meo.Onboarding.DeleteAppPackageAsync(new DeleteAppPackageRequest { AppPackageId = id }, o), CancellationToken.None, ":remove");
        }
        catch (FailureException)
        {
            // What was refused is what the person must hear; the empty resource shows in 'mano package list'.
        }
    }
}
