using Connect.Grains.Messaging.Engine;
using Connect.Grains.Storage;
using Connect.Messaging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Connect.Grains.Messaging;

/// <summary>How one account sends.</summary>
public sealed class MessagingSettingsGrain : Grain, IMessagingSettingsGrain
{
    private readonly SavedState<MessagingSettingsState> _state;
    private readonly MessagingOptions _options;
    private readonly ILogger<MessagingSettingsGrain> _logger;

    /// <summary>Made by Orleans.</summary>
    public MessagingSettingsGrain(
        [PersistentState("messaging-settings", "grains")] IPersistentState<MessagingSettingsState> state,
        IOptions<MessagingOptions> options,
        TimeProvider time,
        ILogger<MessagingSettingsGrain> logger)
    {
        _state = new(state, GrainContext.ActivationId.ToString(), time, logger);
        (_options, _logger) = (options.Value, logger);
    }

    private string AccountId => this.GetPrimaryKeyString();

    private MessagingSettingsState State => _state.Value;

    /// <inheritdoc/>
    public Task<MessagingSettings> Get() => Task.FromResult(new MessagingSettings { Country = State.Country ?? _options.Country, Sender = State.Sender });

    /// <inheritdoc/>
    public async Task<MessagingSettingsOutcome> SetCountry(string country, string actor)
    {
        var code = country?.Trim().ToUpperInvariant();
        if (!MobileNumbers.Knows(code))
            return MessagingSettingsOutcome.InvalidCountry;
        if (State.Country != code)
        {
            await Save(State with { Country = code });
            _logger.LogInformation("The country of account {Account} is {Country} now, set by {Actor}", AccountId, code, actor);
        }

        return MessagingSettingsOutcome.Done;
    }

    /// <inheritdoc/>
    public async Task<MessagingSettingsOutcome> SetSender(string? sender, string actor)
    {
        var number = SenderNumbers.Parse(sender);
        if (number is null && sender is not null)
            return MessagingSettingsOutcome.InvalidSender;
        await Settle();
        if (State.Sender == number)
            return MessagingSettingsOutcome.Done;
        if (number is not null && !await Claim(number))
            return MessagingSettingsOutcome.SenderTaken;
        await Save(State with { Sender = number, Unsettled = State.Sender is { } old ? [old] : [] });
        _logger.LogInformation("Account {Account} sends from {Sender} now, set by {Actor}", AccountId, number ?? "the shared number", actor);
        await Settle();
        return MessagingSettingsOutcome.Done;
    }

    // The intent is saved first: whatever happens after it, the next change lets go of what is not used.
    private async Task<bool> Claim(string number)
    {
        await Save(State with { Unsettled = [number] });
        if (await Number(number).Claim(AccountId))
            return true;
        await Save(State with { Unsettled = [] });
        return false;
    }

    private async Task Settle()
    {
        if (State.Unsettled.IsDefaultOrEmpty)
            return;
        foreach (var number in State.Unsettled)
        {
            if (State.Sender is null || SenderNumbers.Key(number) != SenderNumbers.Key(State.Sender))
                await Number(number).Release(AccountId);
        }

        await Save(State with { Unsettled = [] });
    }

    private ISenderNumberGrain Number(string number) => GrainFactory.GetGrain<ISenderNumberGrain>(SenderNumbers.Key(number)!);

    private async Task Save(MessagingSettingsState next)
    {
        try
        {
            await _state.Save(next);
        }
        catch
        {
            // What is stored may differ from what is held here.
            DeactivateOnIdle();
            throw;
        }
    }
}
