using System.Diagnostics.CodeAnalysis;

namespace Mano.Mesh.Failures;

/// <summary>Either a value, or the <see cref="Failure"/> that says why there is none. Refusals are values.</summary>
public readonly record struct Outcome<T>
{
    private readonly T? value;
    private readonly Failure? failure;
    private readonly bool made;

    private Outcome(T? value, Failure? failure)
    {
        this.value = value;
        this.failure = failure;
        made = true;
    }

    /// <summary>Why there is no value; null if there is one.</summary>
    public Failure? Failure => made ? failure : throw new InvalidOperationException("An Outcome that nobody made (default).");

    /// <summary>The value; throws the failure as an exception if there is none.</summary>
    public T Value => Failure is null ? value! : throw Failure.ToException();

    public bool IsRefused => Failure is not null;

    /// <summary><c>if (!outcome.TryGet(out var value, out var failure)) return failure;</c></summary>
    public bool TryGet([MaybeNullWhen(false)] out T result, [NotNullWhen(false)] out Failure? refusal)
    {
        result = value;
        refusal = Failure;
        return refusal is null;
    }

    /// <summary>The same refusal, or the value turned into another.</summary>
    public Outcome<TOther> Then<TOther>(Func<T, Outcome<TOther>> next) => Failure is null ? next(value!) : Failure;

#pragma warning disable CA1000 // the two makers are only needed where T is an interface, which implicit operators cannot convert
    public static Outcome<T> Of(T value) => new(value, null);

    public static Outcome<T> Refused(Failure failure) => new(default, failure);
#pragma warning restore CA1000

#pragma warning disable CA2225 // the named alternates are Of and Refused
    public static implicit operator Outcome<T>(T value) => Of(value);

    public static implicit operator Outcome<T>(Failure failure) => Refused(failure);
#pragma warning restore CA2225
}
