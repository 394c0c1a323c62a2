using System.Net;
using System.Text;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack.Http;

namespace Mano.VimAdapters.OpenStack;

/// <summary>
/// What a service's refusal means in the words of the contract. The message keeps the service's own sentence and the request id by
/// which the cloud's operator finds it. Pure.
/// </summary>
internal static class OpenStackFailures
{
    /// <summary>The failure for a compute; what its environment and boot data hold is not shown.</summary>
    public static Failure Of(OpenStackRefusedException refused, string computeId, ComputeSpec spec)
    {
        var message = Shown(refused.Message, spec);
        var subject = $"compute/{computeId}";
        return Room(refused, message, subject)
            ?? (refused.Says("IpAddressInUse", "IpAddressAlreadyAllocated", "IpAddressGenerationFailure", "No more IP addresses", "already allocated")
                ? VimFailures.NoRoom(subject, $"There is no such address to be had: {message}") : null)
            ?? refused.Status switch
            {
                HttpStatusCode.BadRequest => Failure.InvalidInput("VIM_REFUSED", $"The cloud refused the compute: {message}", subject),
                HttpStatusCode.NotFound => new(FailureKind.IllegalState, "VIM_GONE", $"Something that the compute needs is gone: {message}", subject),
                HttpStatusCode.Conflict => Failure.Conflict("VIM_BUSY", message, subject),
                _ => General(refused, message),
            };
    }

    /// <summary>The failure for an image.</summary>
    public static Failure OfImage(OpenStackRefusedException refused, string digest)
    {
        var subject = $"image/{digest}";
        return Room(refused, refused.Message, subject)
            ?? refused.Status switch
            {
                HttpStatusCode.BadRequest or HttpStatusCode.UnsupportedMediaType => VimFailures.BadImage(digest, $"Glance refused it: {refused.Message}"),
                HttpStatusCode.Conflict => new(FailureKind.IllegalState, "VIM_IMAGE_IN_USE", $"Glance does not let go of it: {refused.Message}", subject),
                _ => General(refused, refused.Message),
            };
    }

    /// <summary>The failure for anything else.</summary>
    public static Failure General(OpenStackRefusedException refused) => Room(refused, refused.Message, OpenStackVim.AdapterName) ?? General(refused, refused.Message);

    private static Failure? Room(OpenStackRefusedException refused, string message, string subject) =>
        refused.Status == HttpStatusCode.RequestEntityTooLarge || refused.Says("OverQuota", "quota exceeded", "QuotaExceeded", "exceeds allowed", "overLimit", "VolumeLimitExceeded", "VolumeSizeExceeds")
            ? VimFailures.NoRoom(subject, $"The project's quota does not allow it: {message}") : null;

    // A refusal that nobody knows counts as "not now", because it may have happened and may pass.
    private static Failure General(OpenStackRefusedException refused, string message) => refused.Status switch
    {
        HttpStatusCode.Unauthorized => Failure.Forbidden("VIM_CREDENTIALS", $"{refused.Service} does not believe a fresh token: {message}", OpenStackVim.AdapterName),
        HttpStatusCode.Forbidden => Failure.Forbidden("VIM_FORBIDDEN", $"The user's roles do not allow it: {message}", OpenStackVim.AdapterName),
        HttpStatusCode.NotFound or HttpStatusCode.BadRequest => new(FailureKind.IllegalState, "VIM_REFUSED", message, OpenStackVim.AdapterName),
        HttpStatusCode.NotAcceptable => Failure.Unimplemented("VIM_TOO_OLD", message, OpenStackVim.AdapterName),
        _ => VimFailures.CannotReach(OpenStackVim.AdapterName, message),
    };

    /// <summary>A service's sentence without what the application's environment and boot data hold: those may be secrets.</summary>
    public static string Shown(string message, ComputeSpec spec)
    {
        var secrets = spec.Environment.Values.SelectMany(v => v.Split('\n')).Append(spec.BootData).Where(v => v.Length >= 3).ToArray();
        foreach (var secret in secrets.Concat(secrets.Select(s => Convert.ToBase64String(Encoding.UTF8.GetBytes(s)))).OrderByDescending(v => v.Length))
        {
            message = message.Replace(secret, "***", StringComparison.Ordinal);
        }

        return message;
    }
}
