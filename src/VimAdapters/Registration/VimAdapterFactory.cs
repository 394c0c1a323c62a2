using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Microsoft.Extensions.Configuration;

namespace Mano.VimAdapters.Registration;

/// <summary>A factory that binds its adapter's options; a setting that does not exist is refused, not ignored.</summary>
internal sealed class VimAdapterFactory<TOptions>(string name, Func<TOptions, IVimAdapter> create) : IVimAdapterFactory
    where TOptions : class, new()
{
    public string Name => name;

    public IReadOnlyList<VimSetting> Settings { get; } =
    [
        .. typeof(TOptions).GetProperties().Where(p => p.CanWrite).OrderBy(p => p.Name, StringComparer.Ordinal)
            .Select(p => new VimSetting(p.Name, p.IsDefined(typeof(SecretAttribute), inherit: true), p.IsDefined(typeof(RequiredAttribute), inherit: true))
            {
                Type = SettingTexts.TypeOf(p), Default = p.IsDefined(typeof(SecretAttribute), inherit: true) ? "" : SettingTexts.DefaultOf(p, new TOptions()),
                Description = SettingTexts.DescriptionOf(p),
            }),
    ];

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Options records are kept whole; nothing here is trimmed.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "As above.")]
    public IVimAdapter Create(IConfiguration settings)
    {
        var options = new TOptions();
        try
        {
            settings.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            var cause = e.InnerException is null ? e.Message : $"{e.Message} {e.InnerException.Message}";
            throw Failure.InvalidInput("VIM_OPTIONS",
                $"The settings of VIM adapter {name} cannot be read: {cause} Known are {string.Join(", ", typeof(TOptions).GetProperties().Select(p => p.Name))}.", name).ToException();
        }

        return create(options);
    }
}
