namespace Mano.VimAdapters.Contract;

/// <summary>
/// A setting of an adapter that nobody is shown: it is kept encrypted, never listed, never logged, and in no message.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
