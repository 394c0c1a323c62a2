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
    PackageRecords records, UploadReceiver receiver, PackageContents contents, OnboardingOptions options, ILogger<PackageUploads> logger) : IDisposable
{
    private readonly ArtifactStore artifacts = receiver.Artifacts;
    private readonly SemaphoreSlim _processing = new(options.ParallelProcessing, options.ParallelProcessing);

    /// <summary>How many bytes a package may have at most.</summary>
    internal long MostBytes => options.Limits.MaxPackageBytes;

    /// <param name="tenant">Whose package.</param>
    /// <param name="header">What the caller says about the content.</param>
    /// <param name="content">The call's messages after the header.</param>
    /// <param name="use">The idempotency key, remembered with ONBOARDED.</param>
    /// <param name="cancel">The caller's presence while the content arrives.</param>
    internal Task<Outcome<PackageRecord>> Upload(
        string tenant, UploadHeader header, IAsyncStreamReader<Wire.UploadAppPackageRequest> content, FirstUse use, CancellationToken cancel) =>
        Upload(tenant, header, UploadStream.Chunks(content, options.UploadIdle, cancel), use, cancel);

    /// <param name="chunks">The content from the header's offset on. A FailureException that it throws becomes the upload's failure.</param>
    internal async Task<Outcome<PackageRecord>> Upload(
        string tenant, UploadHeader header, IAsyncEnumerable<ReadOnlyMemory<byte>> chunks, FirstUse use, CancellationToken cancel)
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

        if (!(await receiver.Room(package.Value, header, cancel)).TryGet(out var room, out refusal))
        {
            return refusal;
        }

        if (!(await records.BeginUpload(package, cancel)).TryGet(out package, out refusal))
        {
            return refusal;
        }

        using var file = receiver.Open(header);
        if ((await receiver.Receive(file, tenant, header, room, chunks) ?? AnnouncedPackage.Refuse(package.Value, file)) is { } broken) // 1
        {
            return await GiveUp(package, broken);
        }

        if (!(await records.BeginProcessing(package)).TryGet(out package, out refusal))
        {
            return refusal;
        }

        return await Process(package, header, file, use); // 2, 3
    }

    /// <summary>
    /// Takes a part of the content and keeps it for what follows; the package is CREATED again. Says how much is there then, which is all of it if the
    /// package has that content already.
    /// </summary>
    internal async Task<Outcome<long>> Part(string tenant, UploadHeader header, IAsyncEnumerable<ReadOnlyMemory<byte>> chunks, CancellationToken cancel)
    {
        if (!(await records.Get(tenant, header.AppPkgId, cancel)).TryGet(out var package, out var refusal))
        {
            return refusal;
        }

        if (await IsThere(package.Value, header, cancel))
        {
            return (await contents.Get(tenant, header.AppPkgId, cancel))?.Size ?? 0;
        }

        if (!(await receiver.Room(package.Value, header, cancel)).TryGet(out var room, out refusal) || !(await records.BeginUpload(package, cancel)).TryGet(out package, out refusal))
        {
            return refusal;
        }

        using var file = receiver.Open(header);
        if (await receiver.Receive(file, tenant, header with { IsPart = true }, room, chunks) is { } broken)
        {
            return await GiveUp(package, broken);
        }

        var here = file.Length;
        return (await records.Pause(package)).TryGet(out _, out refusal) ? here : refusal;
    }

    /// <summary>Where an upload of this content goes on.</summary>
    internal async Task<Outcome<long>> Offset(string tenant, string appPkgId, string sha256, CancellationToken cancel)
    {
        if (!(await records.Get(tenant, appPkgId, cancel)).TryGet(out var package, out var refusal))
        {
            return refusal;
        }

        if (await IsThere(package.Value, new(appPkgId, "", sha256), cancel))
        {
            return (await contents.Get(tenant, appPkgId, cancel))?.Size ?? 0;
        }

        return package.Value.State == OnboardingState.Created
            ? artifacts.PartialLength(appPkgId, sha256)
            : OnboardingStates.Illegal(package.Value, "going on with an upload", "CREATED");
    }

    public void Dispose() => _processing.Dispose();

    /// <summary>A caller that lost the answer uploads again: the same content is already ONBOARDED.</summary>
    private async ValueTask<bool> IsThere(PackageRecord package, UploadHeader header, CancellationToken cancel) =>
        package.State == OnboardingState.Onboarded && header.Sha256 is { } sha256
        && (await contents.Get(package.Tenant, package.AppPkgId, cancel))?.Sha256 == sha256;

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
                Signers = content.Signers, DescriptorPath = content.DescriptorPath, ChartValues = content.ChartValues,
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
        var how = options.ToRead() with { Scratch = artifacts.OpenScratchStream };
        var reading = PackageReader.Read(stream, how);
        if (reading.Content is null)
        {
            return reading;
        }

        using var inside = PackageReader.Inside(stream, how);
        foreach (var artifact in reading.Content.Artifacts.Where(a => a.Size > 0))
        {
            if (!artifacts.Has(artifact.Sha256))
            {
                var copy = artifacts.OpenScratch();
                kept.Add(copy);
                using var target = copy.AsStream();
                PackageReader.CopyArtifact(inside, artifact, target, options.Limits);
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

        if (await receiver.RefuseStoring(package.Value, content) is { } full)
        {
            return full;
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

        return why;
    }
}

/// <summary>What a caller says about an upload.</summary>
internal sealed record UploadHeader(string AppPkgId, string FileName, string? Sha256)
{
    /// <summary>Where in the content the first chunk begins.</summary>
    public long Offset { get; init; }

    /// <summary>Whether more is to follow in another upload.</summary>
    public bool IsPart { get; init; }
}
