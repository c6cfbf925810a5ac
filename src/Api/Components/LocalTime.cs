using System.Globalization;
using Microsoft.JSInterop;

namespace Connect.Api.Components;

/// <summary>Times as the person's browser would tell them. UTC until <see cref="Ready"/> has asked the browser, or when it names a zone that this host does not know.</summary>
public sealed class LocalTime(IJSRuntime browser)
{
    private TimeZoneInfo _zone = TimeZoneInfo.Utc;
    private Task? _asked;

    /// <summary>Name of the zone, such as Australia/Sydney.</summary>
    public string ZoneName => _zone == TimeZoneInfo.Utc ? "UTC" : _zone.Id;

    /// <summary>Asks the browser once.</summary>
    public Task Ready() => _asked ??= Ask();

    /// <summary>Such as 20 Feb 2027.</summary>
    public string Day(DateTimeOffset at) => Local(at).ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>Such as 10:42.</summary>
    public string Clock(DateTimeOffset at) => Local(at).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>Such as 20 Feb 2027, 10:42.</summary>
    public string Moment(DateTimeOffset at) => $"{Day(at)}, {Clock(at)}";

    /// <summary>The instant at which this zone's clocks show a time, the first one if they show it twice; null if they skip it.</summary>
    public DateTimeOffset? Instant(DateTime local)
    {
        var clock = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        if (_zone.IsInvalidTime(clock))
            return null;
        var offset = _zone.IsAmbiguousTime(clock) ? _zone.GetAmbiguousTimeOffsets(clock).Max() : _zone.GetUtcOffset(clock);
        return new DateTimeOffset(clock, offset).ToUniversalTime();
    }

    /// <summary>As a browser's field for a date and time wants it: 2027-02-20T10:42.</summary>
    public string Typed(DateTimeOffset at) => Local(at).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);

    private DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, _zone);

    private async Task Ask()
    {
        try
        {
            var name = await browser.InvokeAsync<string?>("connectTimeZone");
            if (name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
                _zone = zone;
        }
        catch (Exception error) when (error is JSException or JSDisconnectedException or OperationCanceledException)
        {
            _asked = null;
        }
    }
}
