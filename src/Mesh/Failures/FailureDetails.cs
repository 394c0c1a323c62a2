using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using WireFailure = Mano.Common.V1.Failure;
using WireFault = Mano.Common.V1.Fault;
using WireIllegalState = Mano.Common.V1.IllegalState;

namespace Mano.Mesh.Failures;

/// <summary>
/// A failure as <c>google.rpc.Status</c>: ours beside the standard details, which clients of any language have classes for.
/// | always                        | mano.common.v1.Failure, ErrorInfo (reason, domain "mano", subject, retryable, faults_left_out) |
/// | INVALID_ARGUMENT              | BadRequest, one violation a fault               |
/// | FAILED_PRECONDITION           | mano.common.v1.IllegalState, PreconditionFailure |
/// | RESOURCE_EXHAUSTED            | QuotaFailure                                    |
/// | NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED | ResourceInfo                     |
/// | asking again may succeed      | RetryInfo                                       |
/// | the caller named its request  | RequestInfo                                     |
/// </summary>
internal static class FailureDetails
{
    public const string Domain = "mano";

    /// <summary>
    /// Details travel in one header, and clients take 8 KiB of those in all unless told otherwise: beyond this (a third more in
    /// base64) faults are left out, warnings first, and it is said how many. The record of what was refused has all of them.
    /// </summary>
    public const int MostBytes = 5300;

    /// <summary>Of the status's message, as it travels; the same reason.</summary>
    public const int MostLetters = 600;

    /// <summary>Names of details' types, and what is said of faults that are left out.</summary>
    private const int Overhead = 400;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <param name="failure">What went wrong.</param>
    /// <param name="code">Its status code.</param>
    /// <param name="requestId">How the caller calls its request; null if it does not.</param>
    public static Status StatusOf(Failure failure, int code, string? requestId)
    {
        var wire = (failure with { Message = Cut(failure.Message, MostLetters), Subject = Short(failure.Subject), Faults = [] }).ToWire();
        var status = new Status { Code = code, Message = wire.Message };
        var room = Math.Max(0, MostBytes - Overhead - status.CalculateSize() - wire.CalculateSize()
            - Others(failure, wire.Message, requestId, int.MaxValue).Sum(o => o.CalculateSize()));
        wire.Faults.AddRange(ErrorsFirst(failure.Faults, room * 3 / 5));
        wire.FaultsLeftOut = (uint)(failure.FaultsLeftOut + failure.Faults.Count - wire.Faults.Count);
        var others = Others(failure, wire.Message, requestId, (int)wire.FaultsLeftOut);
        status.Details.Add(Any.Pack(wire));
        status.Details.Add(others);
        if (failure.Kind == FailureKind.InvalidInput && Violations(failure, wire.Message) is { Count: > 0 } violations)
        {
            var bad = new BadRequest();
            bad.FieldViolations.AddRange(violations.Take(Fitting(violations, room * 2 / 5)));
            if (violations.Count - bad.FieldViolations.Count is > 0 and var left)
            {
                bad.FieldViolations.Add(new BadRequest.Types.FieldViolation { Description = $"{left} more are not shown here" });
            }

            status.Details.Add(Any.Pack(bad));
        }

        return status;
    }

    /// <summary>What details of others say, where ours are missing: a foreign server's.</summary>
    public static Failure With(Failure failure, Any detail) =>
        detail.TryUnpack(out ErrorInfo info) ? failure with { Reason = info.Type }
        : detail.TryUnpack(out BadRequest bad) ? failure with { Faults = [.. bad.FieldViolations.Select(v => new Fault(v.Field, v.Description))] }
        : detail.TryUnpack(out ResourceInfo resource) ? failure with { Subject = $"{resource.ResourceType}/{resource.ResourceName}" }
        : detail.TryUnpack(out RetryInfo _) ? failure with { Retryable = true }
        : failure;

    private static IEnumerable<Any> Others(Failure failure, string message, string? requestId, int faultsLeftOut)
    {
        var subject = Short(failure.Subject);

        // Field 1 is `reason`; this version of the generated class has its older name, with the same number and type.
        var info = new ErrorInfo { Type = failure.Reason, Domain = Domain, Metadata = { ["retryable"] = failure.Retryable ? "true" : "false" } };
        if (subject.Length > 0)
        {
            info.Metadata["subject"] = subject;
        }

        if (faultsLeftOut > 0)
        {
            info.Metadata["faults_left_out"] = faultsLeftOut.ToString(CultureInfo.InvariantCulture);
        }

        yield return Any.Pack(info);
        if (failure.CurrentState is not null)
        {
            var state = new WireIllegalState { Current = failure.CurrentState };
            state.Allowed.AddRange(failure.AllowedStates);
            yield return Any.Pack(state);
        }

        IMessage? fitting = failure.Kind switch
        {
            FailureKind.IllegalState => new PreconditionFailure { Violations = { new PreconditionFailure.Types.Violation { Type = failure.Reason, Subject = subject, Description = Short(message) } } },
            FailureKind.NoCapacity => new QuotaFailure { Violations = { new QuotaFailure.Types.Violation { Subject = subject, Description = Short(message) } } },
            FailureKind.NotFound or FailureKind.AlreadyExists or FailureKind.Forbidden => Resource(failure.Reason, subject, Short(message)),
            _ => null,
        };
        if (fitting is not null)
        {
            yield return Any.Pack(fitting);
        }

        if (failure.Retryable)
        {
            yield return Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(RetryDelay) });
        }

        if (requestId is not null)
        {
            yield return Any.Pack(new RequestInfo { RequestId = requestId });
        }
    }

    /// <summary>The subject is "noun/id"; where it is an id alone, the reason has the noun: OPERATION_NOT_FOUND.</summary>
    private static ResourceInfo Resource(string reason, string subject, string message)
    {
        var end = subject.IndexOf('/', StringComparison.Ordinal);
        return new()
        {
            ResourceType = end >= 0 ? subject[..end] : reason.Replace("_NOT_FOUND", "", StringComparison.Ordinal).Replace('_', '-').ToLowerInvariant(),
            ResourceName = subject[(end + 1)..],
            Description = message,
        };
    }

    /// <summary>One a fault that refuses; without faults, what the failure is about: a field or a header.</summary>
    private static List<BadRequest.Types.FieldViolation> Violations(Failure failure, string message) =>
        failure.Faults.Count > 0
            ? [.. failure.Faults.Where(f => f.Severity == FaultSeverity.Error).Select(f => new BadRequest.Types.FieldViolation { Field = f.Path, Description = Short(f.Message) })]
        : failure.Subject.Length > 0 && !failure.Subject.Contains('/', StringComparison.Ordinal)
            ? [new BadRequest.Types.FieldViolation { Field = Short(failure.Subject), Description = Short(message) }]
        : [];

    /// <summary>As many as have room, errors before warnings, in their own order.</summary>
    private static IEnumerable<WireFault> ErrorsFirst(IReadOnlyList<Fault> faults, int bytes)
    {
        var chosen = faults.Select((fault, at) => (fault.Severity, At: at, Wire: fault.ToWire())).OrderByDescending(f => f.Severity).ToList();
        return chosen.Take(Fitting([.. chosen.Select(f => f.Wire)], bytes)).OrderBy(f => f.At).Select(f => f.Wire);
    }

    /// <summary>How many of the first of them have room.</summary>
    private static int Fitting<T>(List<T> all, int bytes)
        where T : IMessage
    {
        var fitting = 0;
        for (var size = 0; fitting < all.Count && (size += all[fitting].CalculateSize() + 3) <= bytes; fitting++)
        {
        }

        return fitting;
    }

    private static string Short(string text) => Cut(text, MostLetters / 2);

    /// <summary>At most so many bytes of it as a message travels: what is not ASCII takes three for each byte of UTF-8.</summary>
    private static string Cut(string text, int bytes)
    {
        const int ellipsis = 9;
        var (size, kept) = (0, 0);
        foreach (var letter in text.EnumerateRunes())
        {
            size += letter.IsAscii && letter.Value >= ' ' && letter.Value != '%' ? 1 : 3 * letter.Utf8SequenceLength;
            if (size > bytes)
            {
                return text[..kept] + "…";
            }

            kept += size <= bytes - ellipsis ? letter.Utf16SequenceLength : 0;
        }

        return text;
    }
}
