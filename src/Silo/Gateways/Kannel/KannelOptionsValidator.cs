using System.Globalization;
using Connect.Grains.Messaging;
using Microsoft.Extensions.Options;

namespace Connect.Silo.Gateways.Kannel;

/// <summary>Says what is wrong with the settings, and what would be right. Never repeats a secret.</summary>
/// <param name="messaging">How texts are cut into parts.</param>
internal sealed class KannelOptionsValidator(IOptions<MessagingOptions> messaging) : IValidateOptions<KannelOptions>
{
    // Carriers put 153 characters into each part of a longer text, so three parts of 160 can need four.
    private const int PartsOfFlatRule = PartCounter.MaxParts + 1;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, KannelOptions options)
    {
        var wrong = new List<string>();
        if (!IsHttp(options.Url) || new Uri(options.Url).UserInfo.Length > 0)
            wrong.Add($"Kannel:Url is '{options.Url}'; it must be where smsbox takes messages, such as http://127.0.0.1:13013/cgi-bin/sendsms, without a user in it.");
        if (!IsHeader(options.User))
            wrong.Add("Kannel:User must be the username of the sendsms-user in kannel.conf.");
        if (!IsHeader(options.Password))
            wrong.Add("Kannel:Password must be the password of the sendsms-user in kannel.conf, without blanks at its ends.");
        if (!IsHeader(options.Sender) || options.Sender.Length > 20)
            wrong.Add($"Kannel:Sender is '{options.Sender}'; it must be the number or name that phones show, such as +61480000000, at most 20 characters.");
        // Kannel replaces what follows a % in the address of a report.
        if (!IsHttp(options.CallbackUrl) || options.CallbackUrl.Contains('%') || new Uri(options.CallbackUrl) is { Query: not "" } or { Fragment: not "" })
            wrong.Add($"Kannel:CallbackUrl is '{options.CallbackUrl}'; it must be where Kannel reaches this program, such as http://127.0.0.1:5080.");
        if (options.CallbackSecret.Length < KannelOptions.MinSecret)
            wrong.Add($"Kannel:CallbackSecret must have at least {KannelOptions.MinSecret} characters, such as openssl rand -hex 24 prints.");
        if (options.Connections is < 1 or > 500)
            wrong.Add($"Kannel:Connections is {options.Connections}; it must be 1 to 500.");
        if (options.AnswerSeconds is < 1 or > 18)
            wrong.Add($"Kannel:AnswerSeconds is {options.AnswerSeconds}; it must be 1 to 18.");
        if (options.StatusUrl.Length > 0 && (!IsHttp(options.StatusUrl) || !options.StatusUrl.EndsWith("/status.xml", StringComparison.Ordinal) || new Uri(options.StatusUrl).UserInfo.Length > 0))
            wrong.Add($"Kannel:StatusUrl is '{options.StatusUrl}'; it must be bearerbox's page /status.xml, such as http://127.0.0.1:13000/status.xml, without a password in it, or be left out.");
        if (options.StatusUrl.Length > 0 && options.StatusPassword.Length == 0)
            wrong.Add("Kannel:StatusPassword must be the status-password of the core group in kannel.conf.");
        if (Least(options) is { } least)
            wrong.Add(least);
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private string? Least(KannelOptions options)
    {
        var (rule, least) = messaging.Value.PartRule == PartRule.Flat ? ("Flat", PartsOfFlatRule) : ("Carrier", PartCounter.MaxParts);
        if (options.MaxMessages >= least)
            return null;
        var given = options.MaxMessages?.ToString(CultureInfo.InvariantCulture) ?? "not set";
        return $"Kannel:MaxMessages is {given}. With Messaging:PartRule {rule} a text of {PartCounter.MaxParts} credits can need {least} parts at the carrier, "
            + $"and Kannel cuts what is longer: set max-messages of the sendsms-user in kannel.conf to {least} or more, and Kannel:MaxMessages to the same.";
    }

    private static bool IsHttp(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);

    // Each of them travels as a header; Kannel takes blanks off the ends.
    private static bool IsHeader(string text) => text.Length is > 0 and <= 200 && text.Trim() == text && !text.Any(char.IsControl);
}
