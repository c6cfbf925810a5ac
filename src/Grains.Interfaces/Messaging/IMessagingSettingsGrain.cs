using Orleans.Concurrency;

namespace Connect.Messaging;

/// <summary>How an account sends. Key: the account id.</summary>
[Alias("connect.messaging.IMessagingSettingsGrain")]
public interface IMessagingSettingsGrain : IGrainWithStringKey
{
    /// <summary>The settings in force.</summary>
    [AlwaysInterleave, Alias("get")] Task<MessagingSettings> Get();

    /// <summary>Sets the country of numbers without a country code: ISO 3166, two letters. Lists that were imported before stay as they were read.</summary>
    [Alias("set-country")] Task<MessagingSettingsOutcome> SetCountry(string country, string actor);

    /// <summary>
    /// Gives the account a sender number of its own, or takes it away with null; an operator's decision. A number is a plus sign and 7 to 15 digits, or a short code of 3 to 8 digits; neither begins with a zero.
    /// Campaigns that have started go on with the number they started with.
    /// </summary>
    [Alias("set-sender")] Task<MessagingSettingsOutcome> SetSender(string? sender, string actor);
}

/// <summary>How an account sends.</summary>
[GenerateSerializer, Immutable, Alias("connect.messaging.settings")]
public sealed record MessagingSettings
{
    /// <summary>Country of numbers without a country code: ISO 3166, two letters.</summary>
    [Id(0)] public required string Country { get; init; }

    /// <summary>The number that messages come from; null for the gateway's default, which accounts share.</summary>
    [Id(1)] public string? Sender { get; init; }
}

/// <summary>How a change of the settings ended.</summary>
public enum MessagingSettingsOutcome
{
    /// <summary>Done, or it was so before.</summary>
    Done,

    /// <summary>That is no country whose numbering plan is known.</summary>
    InvalidCountry,

    /// <summary>That is no sender number.</summary>
    InvalidSender,

    /// <summary>Another account has that number.</summary>
    SenderTaken,
}
