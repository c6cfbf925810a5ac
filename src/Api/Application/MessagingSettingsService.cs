using Connect.Api.Auth;
using Connect.Api.Problems;
using Connect.Messaging;

namespace Connect.Api.Application;

/// <summary>How an account sends: the country of its numbers, and the number its messages come from.</summary>
public sealed class MessagingSettingsService(GrainCalls calls)
{
    /// <summary>The settings in force.</summary>
    public async Task<Answer<MessagingSettings>> Get(Caller? caller, string accountId)
    {
        if (Access.Refusal(caller, accountId, Need.ReadMessaging) is { } refusal)
            return refusal;
        return await GrainCalls.Repeat(Settings(accountId).Get);
    }

    /// <summary>Sets the country of numbers without a country code.</summary>
    public async Task<Answer<MessagingSettings>> SetCountry(Caller? caller, string accountId, string country)
    {
        if (Access.Refusal(caller, accountId, Need.ManageMessaging) is { } refusal)
            return refusal;
        return await Changed(accountId, settings => settings.SetCountry(country, caller!.UserId));
    }

    /// <summary>Gives the account a sender number of its own, or takes it away with null; for operators.</summary>
    public async Task<Answer<MessagingSettings>> SetSender(Caller? caller, string accountId, string? number)
    {
        if (Access.Refusal(caller, accountId, Need.Operate) is { } refusal)
            return refusal;
        return await Changed(accountId, settings => settings.SetSender(number, caller!.UserId));
    }

    private IMessagingSettingsGrain Settings(string accountId) => calls.Grains.GetGrain<IMessagingSettingsGrain>(accountId);

    private async Task<Answer<MessagingSettings>> Changed(string accountId, Func<IMessagingSettingsGrain, Task<MessagingSettingsOutcome>> change)
    {
        var settings = Settings(accountId);
        if ((await GrainCalls.Repeat(() => change(settings))).Problem() is { } problem)
            return problem;
        return await GrainCalls.Repeat(settings.Get);
    }
}
