namespace Connect.Grains.Messaging;

/// <summary>Settings of messages: configuration section <c>Messaging</c>.</summary>
public sealed class MessagingOptions
{
    /// <summary>How texts are cut into parts.</summary>
    public PartRule PartRule { get; set; } = PartRule.Flat;

    /// <summary>Country of numbers without a country code: ISO 3166, two letters.</summary>
    public string Country { get; set; } = "AU";

    /// <summary>Messages of one recipient page that are handed over at the same time: 1 to 500.</summary>
    public int HandOverConcurrency { get; set; } = 32;

    /// <summary>Most messages of one recipient page that one saved marker covers, and so most that a crash can leave unknown per page in flight: 1 to 500.</summary>
    public int HandOverWindow { get; set; } = 250;

    /// <summary>Recipient pages of one campaign that are under way at the same time: 1 to 32.</summary>
    public int PagesInFlight { get; set; } = 4;

    /// <summary>Most messages that a silo hands over in a second, campaigns and automations together: 0 to 100,000; 0 for no limit.</summary>
    public int MaxPerSecond { get; set; }

    /// <summary>Most messages that a silo hands over at the same time: 0 to 10,000; 0 for no limit.</summary>
    public int MaxConcurrent { get; set; }
}
