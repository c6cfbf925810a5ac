using System.Collections.Immutable;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Messaging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Connect.Grains.Messaging;

/// <summary>Counts and prices texts as a send would. Keeps nothing.</summary>
[StatelessWorker]
public sealed class MessagingGrain(MobileNumbers numbers, IOptions<MessagingOptions> options) : Grain, IMessagingGrain
{
    private PartRule Rule => options.Value.PartRule;

    /// <inheritdoc/>
    public Task<PartCount> Count(string text) => Task.FromResult(Counted(text));

    /// <inheritdoc/>
    public Task<string> Plain(string text) => Task.FromResult(PlainText.Of(text));

    /// <inheritdoc/>
    public Task<ImmutableArray<RenderedText>> Preview(string text, ImmutableArray<RecipientInput> recipients)
    {
        var template = new TextTemplate(text);
        return Task.FromResult(recipients.Take(IMessagingGrain.MaxPreviews).Select(Render).ToImmutableArray());

        RenderedText Render(RecipientInput recipient)
        {
            var rendered = template.Render(template.Values(recipient.Fields));
            return new() { Text = rendered, Parts = PartCounter.Parts(rendered, Rule) };
        }
    }

    /// <inheritdoc/>
    public Task<EstimateView> Estimate(string text, ImmutableArray<RecipientInput> recipients)
    {
        var template = new TextTemplate(text);
        return Task.FromResult(Priced(template, Rows(numbers, template, recipients)));
    }

    /// <inheritdoc/>
    public async Task<EstimateView> EstimateFor(string accountId, string text, ImmutableArray<RecipientInput> recipients)
    {
        var template = new TextTemplate(text);
        var country = (await GrainFactory.GetGrain<IMessagingSettingsGrain>(accountId).Get()).Country;
        var rows = Rows(new(country), template, recipients);
        var optOuts = GrainFactory.GetGrain<IOptOutsGrain>(accountId);
        var optedOut = new HashSet<ulong>();
        foreach (var asked in rows.Where(RecipientImport.MayBeOptedOut).Select(row => row.Number).Chunk(IOptOutsGrain.MaxNumbers))
            optedOut.UnionWith(await optOuts.Which([.. asked]));
        return Priced(template, optedOut.Count == 0 ? rows
            : [.. rows.Select(row => RecipientImport.MayBeOptedOut(row) && optedOut.Contains(row.Number) ? RecipientImport.OptedOut(row) : row)]);
    }

    private PartCount Counted(string text) => PartCounter.Count(text, Rule) with { TooLong = CampaignRules.RefuseText(text, Rule) == CampaignOutcome.MessageTooLong };

    private ImmutableArray<ImportedRecipient> Rows(MobileNumbers mobiles, TextTemplate template, ImmutableArray<RecipientInput> recipients)
    {
        var import = new RecipientImport(mobiles, template, Rule, []);
        return recipients.IsDefault ? [] : [.. recipients.Select(import.Add)];
    }

    private EstimateView Priced(TextTemplate template, ImmutableArray<ImportedRecipient> rows)
    {
        var payable = PageRules.Payable(PageRules.Prepare(new(), rows, template, Rule, []));
        return new()
        {
            Recipients = payable.Length,
            Skipped = rows.Length - payable.Length,
            Credits = payable.Sum(credits => (long)credits),
            Text = Counted(template.Text),
        };
    }
}
