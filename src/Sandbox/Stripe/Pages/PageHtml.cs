using System.Net;

namespace Connect.Sandbox.Stripe;

/// <summary>The look of the hosted pages. Nothing is loaded from elsewhere, and everything given from outside is encoded.</summary>
internal static class PageHtml
{
    /// <summary>Text made safe for HTML.</summary>
    public static string Text(string? value) => WebUtility.HtmlEncode(value ?? "");

    /// <summary>A whole page.</summary>
    /// <param name="title">Its title and heading, plain text.</param>
    /// <param name="body">What follows the heading, HTML.</param>
    public static string Page(string title, string body) => $$"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{Text(title)}}</title>
        <style>
        body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: #f4f5f7; color: #1a1f36; }
        main { max-width: 26rem; margin: 2rem auto; padding: 1.5rem; background: #fff; border-radius: 8px; box-shadow: 0 1px 4px rgb(0 0 0 / 15%); }
        h1 { font-size: 1.35rem; margin: 0 0 .5rem; }
        label { display: block; margin-top: 1rem; font-weight: 600; }
        input { width: 100%; box-sizing: border-box; padding: .6rem; margin-top: .25rem; font: inherit; border: 1px solid #6b7280; border-radius: 6px; }
        button { width: 100%; margin-top: 1.5rem; padding: .75rem; font: inherit; font-weight: 600; color: #fff; background: #3b3fb6; border: 0; border-radius: 6px; }
        button.quiet { margin-top: .75rem; color: #1a1f36; background: #e5e7eb; }
        input:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px; }
        .error { padding: .75rem; border: 1px solid #b42318; border-radius: 6px; color: #912018; background: #fef3f2; }
        .note { color: #4b5563; }
        .row { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
        a { color: #3b3fb6; }
        </style>
        </head>
        <body>
        <main>
        <h1>{{Text(title)}}</h1>
        {{body}}
        </main>
        </body>
        </html>
        """;
}
