using Grpc.Core;
using Mano.Meo.Northbound;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Packages;
using Microsoft.Extensions.Logging;
using Wire = Mano.Onboarding.V1;

namespace Mano.Meo.Onboarding;

/// <summary>
/// Takes one upload from its first byte to ONBOARDED, or back to CREATED with the reason: 1. UPLOADING, into a scratch
/// file; 2. PROCESSING, read and judged; 3. its files into the store, its record ONBOARDED. Nothing is left behind by a
/// refusal, whatever the step. The content is in scratch from step 2 on, so the caller may leave.
/// </summary>
internal sealed class PackageUploads(
    PackageRecords records, ArtifactStore artifacts, PackageContents contents, OnboardingOptions options, ILogger<PackageUploads> logger) : IDisposable
{
    private readonly SemaphoreSlim _processing = new(options.ParallelProcessing, options.ParallelProcessing);

    /// <param name="tenant">Whose package.</param>
    /// <param name="header">What the caller says about the content.</param>
    /// <param name="content">The call's messages after the header.</param>
    /// <param name="use">The idempotency key, remembered with ONBOARDED.</param>
    /// <param name="cancel">The caller's presence while the content arrives.</param>
    internal async Task<Outcome<PackageRecord>> Upload(
        string tenant, UploadHeader header, IAsyncStreamReader<Wire.UploadAppPackageRequest> content, FirstUse use, CancellationToken cancel)
    {
        var found = await records.Get(tenant, header.AppPkgId, cancel);
        if (!found.TryGet(out var package, out var refusal))
        {
            return refusal;
        }

        if (await IsThere(package.Value, header, cancel))
        {
            return package.Value;
        }

        if (!(await records.BeginUpload(package, cancel)).TryGet(out package, out refusal))
        {
            return refusal;
        }

        using var file = artifacts.OpenScratch();
        var received = await Receive(file, header, content, cancel); // 1
        if (received is not null)
        {
            return await GiveUp(package, received);
        }

        if (!(await records.BeginProcessing(package)).TryGet(out package, out refusal))
        {
            return refusal;
        }

        return await Process(package, header, file, use); // 2, 3
    }

    public void Dispose() => _processing.Dispose();

    /// <summary>A caller that lost the answer uploads again: the same content is already ONBOARDED.</summary>
    private async ValueTask<bool> IsThere(PackageRecord package, UploadHeader header, CancellationToken cancel) =>
        package.State == OnboardingState.Onboarded && header.Sha256 is { } sha256
        && (await contents.Get(package.Tenant, package.AppPkgId, cancel))?.Sha256 == sha256;

    private async Task<Failure?> Receive(ScratchFile file, UploadHeader header, IAsyncStreamReader<Wire.UploadAppPackageRequest> content, CancellationToken cancel)
    {
        try
        {
            await foreach (var chunk in UploadStream.Chunks(content, options.UploadIdle, cancel))
            {
                if (file.Length + chunk.Length > options.Limits.MaxPackageBytes)
                {
                    return Failure.NoCapacity("PACKAGE_TOO_LARGE",
                        $"{header.FileName} is larger than {options.Limits.MaxPackageBytes} bytes, the most a package may have here.", PackageRecord.SubjectOf(header.AppPkgId));
                }

                if (!TryWrite(file, chunk.Span, out var problem))
                {
                    return Failure.Unavailable("STORAGE", $"{header.FileName} could not be stored: {problem}", PackageRecord.SubjectOf(header.AppPkgId));
                }
            }
        }
        catch (FailureException e)
        {
            return e.Failure;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or RpcException)
        {
            return Failure.Cancelled("UPLOAD_BROKEN_OFF", $"The upload of {header.FileName} broke off after {file.Length} bytes.", PackageRecord.SubjectOf(header.AppPkgId));
        }

        return header.Sha256 is { } said && said != file.Sha256
            ? Failure.InvalidInput("UPLOAD_DIGEST",
                $"{header.FileName} arrived with SHA-256 {file.Sha256}; the header says {said}. Upload it again.", PackageRecord.SubjectOf(header.AppPkgId))
            : null;
    }

    /// <summary>Apart, because a connection that breaks throws the same type.</summary>
    private static bool TryWrite(ScratchFile file, ReadOnlySpan<byte> bytes, out string problem)
    {
        try
        {
            file.Write(bytes);
            problem = "";
            return true;
        }
        catch (IOException e)
        {
            problem = e.Message;
            return false;
        }
    }

    private async Task<Outcome<PackageRecord>> Process(Stored<PackageRecord> package, UploadHeader header, ScratchFile file, FirstUse use)
    {
        await _processing.WaitAsync();
        var kept = new List<ScratchFile>();
        try
        {
            var reading = await Task.Run(() => Read(file, kept));
            if (reading.Content is not { } content)
            {
                return await GiveUp(package, Refusals.Of(reading, header.FileName, package.Value.Subject));
            }

            var record = new PackageContentRecord
            {
                Descriptor = content.Descriptor, Artifacts = content.Artifacts, Sha256 = file.Sha256, Size = file.Length, FileName = header.FileName,
            };
            var onboarded = await Store(package, record, [.. reading.Warnings.Select(Refusals.ToFault)], [.. kept, file], use);
            return onboarded.TryGet(out var done, out var refusal) ? done : await GiveUp(package, refusal);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException)
        {
            // The disk, not the package: the caller may try again.
            return await GiveUp(package, Failure.Unavailable("STORAGE", $"{header.FileName} could not be stored: {e.Message}", package.Value.Subject));
        }
        finally
        {
            kept.ForEach(k => k.Dispose());
            _processing.Release();
        }
    }

    private PackageReading Read(ScratchFile file, List<ScratchFile> kept)
    {
        using var stream = file.Reopen();
        var reading = PackageReader.Read(stream, new() { Integrity = options.Integrity, Limits = options.Limits });
        foreach (var artifact in reading.Content?.Artifacts.Where(a => a.Size > 0) ?? [])
        {
            if (!artifacts.Has(artifact.Sha256))
            {
                var copy = artifacts.OpenScratch();
                kept.Add(copy);
                using var target = copy.AsStream();
                PackageReader.CopyArtifact(stream, artifact, target, options.Limits);
            }
        }

        return reading;
    }

    private async Task<Outcome<PackageRecord>> Store(
        Stored<PackageRecord> package, PackageContentRecord content, IReadOnlyList<Mesh.Failures.Fault> warnings, IReadOnlyList<ScratchFile> files, FirstUse use)
    {
        using var exclusively = await artifacts.Exclusively(CancellationToken.None);
        if (content.Kept.FirstOrDefault(k => !artifacts.Has(k) && files.All(f => f.Sha256 != k)) is not null)
        {
            // Collected since Read found it there: a package with the same file was deleted in between.
            return Failure.Conflict("CONTENT_COLLECTED", "A package with the same files was deleted at the same moment; upload again.", package.Value.Subject);
        }

        foreach (var file in files)
        {
            artifacts.Publish(file);
        }

        var onboarded = await records.Onboard(package, content, warnings, use);
        if (!onboarded.TryGet(out var done, out var refusal))
        {
            if (!options.IsShared)
            {
                artifacts.Collect(await contents.DigestsInUse(CancellationToken.None), content.Kept);
            }

            return refusal;
        }

        var app = content.Descriptor;
        logger.Onboarded(package.Value.AppPkgId, app.AppName, app.AppSoftVersion, app.AppDId, content.Artifacts.Count, warnings.Count);
        return done.Value;
    }

    private async Task<Failure> GiveUp(Stored<PackageRecord> package, Failure why)
    {
        logger.Refused(package.Value.AppPkgId, why.Reason, why.Message);
        if ((await records.GiveUp(package, why)).Failure is { } failed)
        {
            logger.GiveUpFailed(package.Value.AppPkgId, failed.Reason, failed.Message);
        }

        return Refusals.ForTheWire(why);
    }
}

/// <summary>What a caller says about an upload.</summary>
internal sealed record UploadHeader(string AppPkgId, string FileName, string? Sha256);
