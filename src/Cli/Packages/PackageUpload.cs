using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Mano.Cli.Connection;
using Mano.Mesh.Failures;
using Mano.Onboarding.V1;

namespace Mano.Cli.Packages;

/// <summary>
/// Brings a file into the MEO's catalogue, going on where it was when the connection breaks. A refused package leaves nothing behind.
/// </summary>
internal sealed class PackageUpload(MeoConnection meo, TimeProvider? clock = null)
{
    private const int ChunkBytes = 256 * 1024;

    // A minute in all: as long as a MEO takes to notice that the first connection is dead.
    private static readonly TimeSpan[] Pauses = [.. new[] { 1, 2, 4, 8, 15, 30 }.Select(s => TimeSpan.FromSeconds(s))];

    /// <summary>Told how many bytes were sent so far.</summary>
    public Action<long> OnSent { get; init; } = _ => { };

    /// <summary>Told when the connection broke, and where the upload goes on.</summary>
    public Action<string> OnBroken { get; init; } = _ => { };

    /// <param name="id">The caller's own id; empty: the MEO chooses one.</param>
    /// <exception cref="FailureException">InvalidInput with every fault of the package; or whatever else the MEO said.</exception>
    public async Task<AppPackageInfo> OnboardAsync(Stream content, string fileName, string id, CancellationToken stop)
    {
        var created = await meo.Ask(
            o => meo.Onboarding.CreateAppPackageAsync(new CreateAppPackageRequest { AppPackageId = id }, o), stop, ":create");
        try
        {
            var header = new UploadAppPackageRequest.Types.Header
            {
                AppPackageId = created.AppPackage.AppPackageId, FileName = fileName, Sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, stop)),
            };
            return await UploadAsync(content, header, stop);
        }
        catch (FailureException e) when (e.Failure.FaultsLeftOut > 0)
        {
            var whole = await WholeAsync(e.Failure, created.AppPackage.AppPackageId);
            await RemoveAsync(created.AppPackage.AppPackageId);
            throw whole.ToException();
        }
        catch (Exception e) when (e is FailureException or OperationCanceledException)
        {
            await RemoveAsync(created.AppPackage.AppPackageId);
            throw;
        }
    }

    /// <summary>A refusal with the faults that had no room in the answer: the package's record has them all.</summary>
    private async Task<Failure> WholeAsync(Failure refusal, string id)
    {
        try
        {
            var request = new GetAppPackageRequest { AppPackageId = id };
            var record = await meo.Ask(o => meo.Onboarding.GetAppPackageAsync(request, o), CancellationToken.None);
            return record.AppPackage.OnboardingFailure is { } failure && failure.Faults.Count > refusal.Faults.Count ? failure.ToFailure(refusal.Kind) : refusal;
        }
        catch (FailureException)
        {
            return refusal; // It says itself how many are missing.
        }
    }

    private async Task<AppPackageInfo> UploadAsync(Stream content, UploadAppPackageRequest.Types.Header header, CancellationToken stop)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await TryUploadAsync(content, header, stop);
            }
            catch (FailureException e) when (attempt < Pauses.Length && IsBroken(e.Failure, attempt))
            {
                OnBroken($"{e.Failure.Message} Going on in {Pauses[attempt].TotalSeconds} s.");
                await Task.Delay(Pauses[attempt], clock ?? TimeProvider.System, stop);
                header.Offset = await OffsetAsync(header, stop) ?? header.Offset;
                OnBroken($"going on with {header.FileName} at byte {header.Offset} of {content.Length}");
            }
        }
    }

    /// <summary>The connection is gone; and for a while the MEO may not have noticed, and think that the upload is still on, or have more of it than was known when it could not say.</summary>
    private static bool IsBroken(Failure failure, int attempt) =>
        failure is { Kind: FailureKind.Unavailable, Reason: not "STORAGE" } || (attempt > 0 && failure.Kind is FailureKind.IllegalState or FailureKind.OutOfRange);

    /// <summary>Null while the MEO cannot say.</summary>
    private async Task<long?> OffsetAsync(UploadAppPackageRequest.Types.Header header, CancellationToken stop)
    {
        try
        {
            var request = new GetUploadOffsetRequest { AppPackageId = header.AppPackageId, Sha256 = header.Sha256 };
            return (await meo.Ask(o => meo.Onboarding.GetUploadOffsetAsync(request, o), stop)).Offset;
        }
        catch (FailureException e) when (e.Failure.Kind is FailureKind.Unavailable or FailureKind.IllegalState)
        {
            return null;
        }
    }

    private async Task<AppPackageInfo> TryUploadAsync(Stream content, UploadAppPackageRequest.Types.Header header, CancellationToken stop)
    {
        using var call = meo.Onboarding.UploadAppPackage(meo.Headers($":upload@{header.Offset}"), cancellationToken: stop);
        try
        {
            try
            {
                await SendAsync(call.RequestStream, content, header, stop);
            }
            catch (Exception e) when (e is RpcException or InvalidOperationException || (e is OperationCanceledException && !stop.IsCancellationRequested))
            {
                // The MEO answered before it had everything, or the connection went away; the answer says which.
            }

            return (await call.ResponseAsync).AppPackage;
        }
        catch (RpcException e)
        {
            throw MeoConnection.Explain(e, meo.Address, "MEO").ToException();
        }
    }

    private async Task SendAsync(IClientStreamWriter<UploadAppPackageRequest> writer, Stream content, UploadAppPackageRequest.Types.Header header, CancellationToken stop)
    {
        await writer.WriteAsync(new UploadAppPackageRequest { Header = header }, stop);
        content.Position = Math.Min(header.Offset, content.Length);
        var buffer = new byte[ChunkBytes];
        var sent = content.Position;
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
