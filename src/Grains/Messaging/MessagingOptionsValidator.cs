using Microsoft.Extensions.Options;

namespace Connect.Grains.Messaging;

/// <summary>Says what is wrong with the settings, and what would be right.</summary>
public sealed class MessagingOptionsValidator : IValidateOptions<MessagingOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, MessagingOptions options)
    {
        var wrong = new List<string>();
        if (!Enum.IsDefined(options.PartRule))
            wrong.Add("Messaging:PartRule must be Flat or Carrier.");
        if (!MobileNumbers.Knows(options.Country))
            wrong.Add($"Messaging:Country '{options.Country}' is not a country code; use two capital letters, such as AU.");
        Within(options.HandOverConcurrency, 1, 500, nameof(options.HandOverConcurrency));
        Within(options.HandOverWindow, 1, 500, nameof(options.HandOverWindow));
        Within(options.PagesInFlight, 1, 32, nameof(options.PagesInFlight));
        Within(options.MaxPerSecond, 0, 100_000, nameof(options.MaxPerSecond));
        Within(options.MaxConcurrent, 0, 10_000, nameof(options.MaxConcurrent));
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);

        void Within(int value, int least, int most, string setting)
        {
            if (value < least || value > most)
                wrong.Add($"Messaging:{setting} is {value}; it must be {least} to {most}.");
        }
    }
}
