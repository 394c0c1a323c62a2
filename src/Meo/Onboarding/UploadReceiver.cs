using Grpc.Core;
using Mano.Mesh.Failures;

namespace Mano.Meo.Onboarding;

/// <summary>
/// Takes the bytes of an upload into a file, within what the package and the tenant may have. What broke off stays for a while, if
/// the caller said which content it is: then it can go on.
/// </summary>
internal sealed class UploadReceiver(ArtifactStore artifacts, PackageQuota quota, OnboardingOptions options, TimeProvider clock)
{
    internal ArtifactStore Artifacts => artifacts;

    /// <summary>How many bytes the content may have; refused when none, or when the header's offset is not where it goes on.</summary>
    internal async Task<Outcome<long>> Room(PackageRecord package, UploadHeader header, CancellationToken cancel)
    {
        artifacts.ClearPartials(options.KeepBrokenOff, clock.GetUtcNow().UtcDateTime);
        var here = header is { Sha256: { } sha256, Offset: > 0 } ? artifacts.PartialLength(header.AppPkgId, sha256) : 0;
        if (header.Offset != here && header.Offset > 0)
        {
            return new Failure(FailureKind.OutOfRange, "UPLOAD_OFFSET",
                $"{here} bytes of {header.FileName} are here, so the upload cannot go on at {header.Offset}. Ask how much is here (GetUploadOffset; over REST, PUT with Content-Range: bytes */TOTAL), and send what follows.{Elsewhere(package)}", package.Subject);
        }

        return (await quota.Left(package.Tenant, cancel)).TryGet(out var left, out var full) ? Math.Min(left, options.Limits.MaxPackageBytes) : full;
    }

    /// <summary>What broke off at a replica with a folder of its own stays there.</summary>
    private string Elsewhere(PackageRecord package) => package.Uploader is { } other && other != options.Replica
        ? $" What came before went to replica '{other}', which alone can go on with it: send this there, or all of it here; replicas that share --packages share this, too."
        : "";

    internal ScratchFile Open(UploadHeader header) => header.Sha256 is { } sha256
        ? artifacts.OpenPartial(header.AppPkgId, sha256, header.Offset)
        : artifacts.OpenScratch();

    /// <summary>Null when all has arrived, and is what the header says.</summary>
    internal async Task<Failure?> Receive(ScratchFile file, string tenant, UploadHeader header, long room, IAsyncEnumerable<ReadOnlyMemory<byte>> chunks)
    {
        var subject = PackageRecord.SubjectOf(header.AppPkgId);
        try
        {
            await foreach (var chunk in chunks)
            {
                if (file.Length + chunk.Length > options.Limits.MaxPackageBytes)
                {
                    return Failure.NoCapacity("PACKAGE_TOO_LARGE",
                        $"{header.FileName} is larger than {options.Limits.MaxPackageBytes} bytes, the most a package may have here.", subject);
                }

                if (file.Length + chunk.Length > room)
                {
                    return PackageQuota.Full(tenant, $"with {header.FileName} more than", options.Quotas.Bytes);
                }

                if (!TryWrite(file, chunk.Span, out var problem))
                {
                    return Failure.Unavailable("STORAGE", $"{header.FileName} could not be stored: {problem}", subject);
                }
            }
        }
        catch (FailureException e) when (e.Failure.Kind == FailureKind.DeadlineExceeded)
        {
            KeepIfKnown(file, header);
            return e.Failure;
        }
        catch (FailureException e)
        {
            return e.Failure;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or RpcException)
        {
            KeepIfKnown(file, header);
            return Failure.Cancelled("UPLOAD_BROKEN_OFF", $"The upload of {header.FileName} broke off after {file.Length} bytes.", subject);
        }

        if (header.IsPart)
        {
            KeepIfKnown(file, header);
            return null;
        }

        return header.Sha256 is { } said && said != file.Sha256
            ? Failure.InvalidInput("UPLOAD_DIGEST",
                $"{header.FileName} arrived with SHA-256 {file.Sha256}; it was said to be {said}. Upload it again.", subject)
            : null;
    }

    internal Task<Failure?> RefuseStoring(PackageRecord package, PackageContentRecord content) => quota.RefuseStoring(package.Tenant, content);

    private void KeepIfKnown(ScratchFile file, UploadHeader header)
    {
        if (header.Sha256 is not null && options.KeepBrokenOff > TimeSpan.Zero)
        {
            file.Stay();
        }
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
}
