namespace Mano.GrpcRuntime.Server;

/// <summary>The caller reset its stream, or its connection broke, while the request was read.</summary>
internal sealed class CallerGoneException(IOException cause) : OperationCanceledException("The caller cancelled the call.", cause);
