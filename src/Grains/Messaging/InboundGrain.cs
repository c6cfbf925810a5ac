using Connect.Grains.Messaging.Engine;
using Connect.Messaging;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Connect.Grains.Messaging;

/// <summary>Reads people's messages and passes on what they ask for. Holds nothing.</summary>
[StatelessWorker, Reentrant]
public sealed class InboundGrain(MobileNumbers numbers, ILogger<InboundGrain> logger) : Grain, IInboundGrain
{
    /// <inheritdoc/>
    public async Task<InboundOutcome> Receive(InboundSms message)
    {
        var keyword = InboundKeywords.Read(message.Text);
        if (keyword.Wish == InboundWish.None)
            return InboundOutcome.NoKeyword;
        if (Sender(message.From) is not { } number)
        {
            logger.LogWarning("{Word} came from {Number}, which is no mobile number", keyword.Word, MaskedNumber.Of(message.From));
            return InboundOutcome.UnusableNumber;
        }

        var list = await Owner(message.To) ?? IOptOutsGrain.Everybody;
        await GrainFactory.GetGrain<IInboundSenderGrain>(IInboundSenderGrain.Key(list, number)).Receive(list, number, message);
        return keyword.Wish == InboundWish.OptOut ? InboundOutcome.OptedOut : InboundOutcome.OptedIn;
    }

    // Carriers leave the plus sign out; digits that begin with a country code are read as such before they are read as a number of the default country.
    private ulong? Sender(string? from)
    {
        var given = from?.Trim() ?? "";
        return given.StartsWith('+') || given.StartsWith('0') ? numbers.Normalize(given) : numbers.Normalize("+" + given) ?? numbers.Normalize(given);
    }

    private async Task<string?> Owner(string? to) => SenderNumbers.Key(to) is { } key ? await GrainFactory.GetGrain<ISenderNumberGrain>(key).Owner() : null;
}
