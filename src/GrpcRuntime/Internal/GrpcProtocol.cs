namespace Mano.GrpcRuntime.Internal;

/// <summary>Names and values of gRPC over HTTP/2 (PROTOCOL-HTTP2.md of the gRPC project).</summary>
internal static class GrpcProtocol
{
    public const string ContentType = "application/grpc";
    public const string ContentTypeHeader = "content-type";
    public const string StatusHeader = "grpc-status";
    public const string MessageHeader = "grpc-message";
    public const string TimeoutHeader = "grpc-timeout";
    public const string EncodingHeader = "grpc-encoding";
    public const string AcceptEncodingHeader = "grpc-accept-encoding";

    /// <summary>Metadata that asks this side to compress what it sends; never sent itself.</summary>
    public const string InternalEncodingRequestHeader = "grpc-internal-encoding-request";

    public const string Identity = "identity";
    public const string Gzip = "gzip";

    /// <summary>What this implementation can read.</summary>
    public const string AcceptedEncodings = "identity,gzip";

    /// <summary>Compressed flag (one byte) and length (four, big endian) before every message.</summary>
    public const int FrameHeaderLength = 5;

    /// <summary>Largest message read unless configured; the default of every gRPC implementation.</summary>
    public const int DefaultMaxReceiveMessageSize = 4 * 1024 * 1024;

    public const int Http2NoError = 0x0;
    public const int Http2InternalError = 0x2;
    public const int Http2Cancel = 0x8;

    /// <summary><c>application/grpc</c>, or with a subtype as in <c>application/grpc+proto</c>; not <c>application/grpc-web</c>.</summary>
    public static bool IsGrpcContentType(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is ';' or '+' or ' ');

    /// <summary>Whether a header belongs to the protocol and so is no metadata of the application.</summary>
    public static bool IsReserved(string name) => name.Length == 0 || name[0] == ':' || name.ToUpperInvariant() is
        "TE" or "CONTENT-TYPE" or "GRPC-STATUS" or "GRPC-MESSAGE" or "GRPC-TIMEOUT" or "GRPC-ENCODING"
        or "GRPC-ACCEPT-ENCODING" or "GRPC-INTERNAL-ENCODING-REQUEST";

    /// <summary>The code in a <c>grpc-status</c> value; a number outside the known ones is UNKNOWN.</summary>
    public static bool TryParseStatus(string? value, out Grpc.Core.StatusCode code)
    {
        code = Grpc.Core.StatusCode.Unknown;
        if (!int.TryParse(value, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        if (number <= (int)Grpc.Core.StatusCode.Unauthenticated)
        {
            code = (Grpc.Core.StatusCode)number;
        }

        return true;
    }

    /// <summary>The code as text, without an allocation for the known ones.</summary>
    public static string StatusText(Grpc.Core.StatusCode code) =>
        (uint)code < (uint)Texts.Length ? Texts[(int)code] : ((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static readonly string[] Texts =
        ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16"];
}
