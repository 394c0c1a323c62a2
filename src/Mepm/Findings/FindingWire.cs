using Google.Protobuf.WellKnownTypes;
using WireFinding = Mano.Site.V1.Finding;
using WireResponse = Mano.Site.V1.ListFindingsResponse;

namespace Mano.Mepm.Findings;

/// <summary>From findings to site.v1.</summary>
internal static class FindingWire
{
    public static WireFinding ToWire(Finding finding) => new()
    {
        HostId = finding.Key.HostId,
        Subject = finding.Key.Subject switch
        {
            FindingSubject.Compute => WireFinding.Types.Subject.Compute,
            FindingSubject.Application => WireFinding.Types.Subject.Application,
            _ => WireFinding.Types.Subject.Image,
        },
        Id = finding.Key.Id,
        Kind = finding.Key.Kind switch
        {
            FindingKind.Orphan => WireFinding.Types.Kind.Orphan,
            FindingKind.Lost => WireFinding.Types.Kind.Lost,
            _ => WireFinding.Types.Kind.Changed,
        },
        Action = WordOf(finding.Action),
        Message = finding.Message,
        FoundTime = Timestamp.FromDateTimeOffset(finding.FoundAt),
        ResolvedTime = finding.ResolvedAt is { } at ? Timestamp.FromDateTimeOffset(at) : null,
        Times = finding.Times,
    };

    public static WireResponse.Types.HostComparison ToWire(string hostId, (DateTimeOffset At, string Message)? compared) => new()
    {
        HostId = hostId,
        ComparedTime = compared is { } c ? Timestamp.FromDateTimeOffset(c.At) : null,
        Message = compared?.Message ?? "",
    };

    private static string WordOf(FindingAction action) => action switch
    {
        FindingAction.AwaitsMeo => "AWAITS_MEO",
        FindingAction.PutBack => "PUT_BACK",
        _ => action.ToString().ToUpperInvariant(),
    };
}
