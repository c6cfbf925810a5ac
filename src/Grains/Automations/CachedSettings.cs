using Connect.Grains.Messaging;
using Connect.Grains.Storage;
using Connect.Messaging;
using Microsoft.Extensions.Logging;

namespace Connect.Grains.Automations;

/// <summary>How the account sends, read again every few minutes. One that can not be read again stays as it was.</summary>
internal sealed class CachedSettings(IMessagingSettingsGrain source, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(3);

    private readonly SharedRun _reading = new();
    private (MobileNumbers Numbers, string? Sender)? _known;
    private long _readAt;

    /// <summary>The sender, as last read.</summary>
    public string? Sender => _known?.Sender;

    /// <summary>Reads numbers as the account's country writes them.</summary>
    public async Task<MobileNumbers> Numbers()
    {
        if (_known is null || time.GetElapsedTime(_readAt) > MaxAge)
            await _reading.Run(Read);
        return _known!.Value.Numbers;
    }

    private async Task Read()
    {
        try
        {
            var settings = await source.Get();
            (_known, _readAt) = ((new(settings.Country), settings.Sender), time.GetTimestamp());
        }
        catch (Exception failure) when (_known is not null)
        {
            logger.LogWarning(failure, "The settings of messages can not be read; the last ones are used");
            _readAt = time.GetTimestamp();
        }
    }
}
