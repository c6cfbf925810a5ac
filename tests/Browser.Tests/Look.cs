using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Connect.Browser.Tests;

/// <summary>What tests look for on a page.</summary>
internal static class Look
{
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    /// <summary>The button at the top right.</summary>
    public static ILocator CreditsButton(this IPage page) => page.Locator("#credits-button");

    /// <summary>The panel that it opens.</summary>
    public static ILocator CreditsPanel(this IPage page) => page.Locator("#credits-panel");

    /// <summary>A button by its name.</summary>
    public static ILocator Button(this IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>A heading by its text.</summary>
    public static ILocator Heading(this IPage page, string name) => page.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true });

    /// <summary>A link by its name.</summary>
    public static ILocator Link(this IPage page, string name) => page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    /// <summary>Follows a link of the program's own to this path, as a click on one does: the document stays, and is not loaded anew.</summary>
    public static Task Follow(this IPage page, string path) => page.EvaluateAsync("path => Blazor.navigateTo(path)", path);

    /// <summary>Fills in the hosted page for a card and sends it.</summary>
    public static async Task TypeCard(this IPage page, string number)
    {
        await page.Locator("#number").FillAsync(number);
        await page.Locator("#expiry").FillAsync("04 / 39");
        await page.Locator("#cvc").FillAsync("123");
        await page.Locator("#name").FillAsync("Ada Admin");
        await page.Button("Save card").ClickAsync();
    }

    /// <summary>Waits until the page is interactive and shows what it loads.</summary>
    public static async Task Loaded(this IPage page, string heading)
    {
        await Assertions.Expect(page.Heading(heading)).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("main .skeleton")).ToHaveCountAsync(0);
    }

    /// <summary>Waits until the Credits button shows this number.</summary>
    public static Task ShowsCredits(this IPage page, string number) => Assertions.Expect(page.CreditsButton().GetByTestId("available")).ToHaveTextAsync(number);

    /// <summary>Waits until the panel can be opened.</summary>
    public static Task PanelIsReady(this IPage page) => Assertions.Expect(page.Locator(".credits[data-ready]")).ToBeVisibleAsync();

    /// <summary>Waits until an element with this test id has exactly this text.</summary>
    public static Task Says(this IPage page, string testId, string text) => Assertions.Expect(page.GetByTestId(testId)).ToHaveTextAsync(text);

    /// <summary>Waits until an element with this test id contains this text.</summary>
    public static Task Mentions(this IPage page, string testId, string text) => Assertions.Expect(page.GetByTestId(testId)).ToContainTextAsync(text);

    /// <summary>Waits until the address matches.</summary>
    public static Task IsAt(this IPage page, string pattern) => Assertions.Expect(page).ToHaveURLAsync(new Regex(pattern));

    /// <summary>Fails with what axe found, if it found anything.</summary>
    public static async Task IsAccessible(this IPage page)
    {
        // The script is large: a document that has it already does not get it again.
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window"))
            await page.EvaluateAsync(Axe);
        var violations = await page.EvaluateAsync<string[]>("""
            async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
              .map(found => `${found.id}: ${found.help}\n` + found.nodes.map(node => '  ' + node.html).join('\n'))
            """);
        Assert.True(violations.Length == 0, $"{page.Url}\n" + string.Join('\n', violations));
    }

    /// <summary>Fails if the page is wider than the window, or if a link of the bar is broken into two lines.</summary>
    public static async Task FitsItsWindow(this IPage page)
    {
        var wide = await page.EvaluateAsync<string[]>("""
            () => {
              const width = document.documentElement.clientWidth;
              if (document.documentElement.scrollWidth <= width) return [];
              return [...document.querySelectorAll('body *')].filter(element => element.getBoundingClientRect().right > width + 1)
                .map(element => element.tagName + '.' + element.className).slice(0, 5).concat('page ' + document.documentElement.scrollWidth);
            }
            """);
        Assert.True(wide.Length == 0, $"{page.Url} is wider than its window: {string.Join(", ", wide)}");
        Assert.Empty(await page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('.bar-link')].filter(link => link.getClientRects().length > 1).map(link => link.textContent)"));
    }

    /// <summary>Saves a picture when the environment names a folder for them (BROWSER_SHOTS).</summary>
    public static async Task Shot(this IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("BROWSER_SHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }
}
